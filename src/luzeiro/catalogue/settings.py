"""Django's settings for the catalogue's tables. `open_catalogue` says which home they are in."""

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["luzeiro.catalogue"]
USE_TZ = True
TIME_ZONE = "UTC"
SECRET_KEY = ""  # nothing here is signed; a portal brings its own
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": ":memory:",
        "OPTIONS": {
            # A crash or a power cut leaves the catalogue as it was or as it shall be.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
        },
    }
}
