"""Django's settings for the portal. The environment says where things are; there are no defaults
that a stranger could sign in with.

LUZEIRO_HOME: the home. LUZEIRO_CASEWORK_DATABASE: postgresql://user@/name?host=..., else SQLite in
the home. LUZEIRO_CATALOGUE_URL: the same for the catalogue, whichever command asks it.
LUZEIRO_HOSTS: names under which the portal is reached, separated by commas.
"""

import os
from pathlib import Path

from luzeiro.catalogue.database_url import URL_VARIABLE
from luzeiro.portal.databases import database_from
from luzeiro.portal.secret import secret_key

PACKAGE = Path(__file__).parent
HOME = Path(os.environ.get("LUZEIRO_HOME") or "~/.luzeiro").expanduser()
SECRET_KEY = secret_key(HOME)
DEBUG = False
ALLOWED_HOSTS = (os.environ.get("LUZEIRO_HOSTS") or "localhost,127.0.0.1,[::1]").split(",")
# Plain HTTP is for one machine's own loopback: `luzeiro serve --without-tls` says so aloud.
TLS = os.environ.get("LUZEIRO_PLAIN_HTTP") != "1"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "luzeiro.catalogue",
    "luzeiro.casework.officers",
    "luzeiro.casework.journal",
    "luzeiro.casework.leads",
    "luzeiro.casework.deconfliction",
    "luzeiro.casework.requests",
    "luzeiro.casework.operations",
    "luzeiro.casework.reports",
    "luzeiro.portal",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "luzeiro.portal.middleware.headers.ContentSecurityPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "luzeiro.portal.middleware.language.OfficerLanguage",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "luzeiro.portal.middleware.gate.Gate",
]
ROOT_URLCONF = "luzeiro.portal.urls"
WSGI_APPLICATION = "luzeiro.portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "luzeiro.portal.context.portal",
            ],
            "builtins": [
                "luzeiro.portal.templatetags.portal",
                "luzeiro.portal.templatetags.leads",
                "luzeiro.portal.templatetags.operations",
                "django.templatetags.i18n",
            ],
        },
    }
]
DATABASES = {
    "default": database_from(
        os.environ.get("LUZEIRO_CASEWORK_DATABASE"),
        HOME / "casework.sqlite3",
        variable="LUZEIRO_CASEWORK_DATABASE",
    ),
    "catalogue": database_from(
        os.environ.get(URL_VARIABLE), HOME / "catalogue.sqlite3", variable=URL_VARIABLE
    ),
}
DATABASE_ROUTERS = ["luzeiro.portal.databases.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "officers.Officer"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("login", "name")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "luzeiro.casework.officers.passwords.WordsOfThePlace"},
]
LOGIN_URL = "officers:sign-in"

SESSION_COOKIE_NAME = "__Host-session" if TLS else "session"
SESSION_COOKIE_SECURE = TLS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # not in a cookie
CSRF_COOKIE_NAME = "__Host-csrf" if TLS else "csrf"
CSRF_COOKIE_SECURE = TLS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
LANGUAGE_COOKIE_NAME = "__Host-language" if TLS else "language"
LANGUAGE_COOKIE_SECURE = TLS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = TLS
SECURE_HSTS_SECONDS = 365 * 86_400 if TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = TLS
SECURE_HSTS_PRELOAD = TLS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000

LANGUAGES = [("es", "Español"), ("pt-br", "Português (Brasil)"), ("en", "English")]
LANGUAGE_CODE = "en"
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "static"]
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600
SILENCED_SYSTEM_CHECKS: list[str] = []

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
