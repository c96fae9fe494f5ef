"""The portal's settings for its tests: nothing of this machine's own, and quick passwords."""

import os
import tempfile
from pathlib import Path

os.environ["LUZEIRO_HOME"] = tempfile.gettempdir() + "/luzeiro-no-home"
os.environ["LUZEIRO_PLAIN_HTTP"] = "1"

from luzeiro.portal.databases import database_from
from luzeiro.portal.settings import *  # noqa: F403 - the settings are those, but for these

SECRET_KEY = "only for tests, and for nothing that is kept"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
DATABASES = {
    "default": database_from(os.environ.get("LUZEIRO_TEST_DATABASE"), Path(":memory:")),
    "catalogue": database_from(None, Path(":memory:")),
}
