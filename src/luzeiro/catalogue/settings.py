"""Django's settings for the catalogue's tables. `open_catalogue` says where they are."""

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["luzeiro.catalogue"]
USE_TZ = True
TIME_ZONE = "UTC"
SECRET_KEY = ""  # nothing here is signed; a portal brings its own
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
