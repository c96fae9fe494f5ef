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
_URL = os.environ.get("LUZEIRO_TEST_DATABASE")
DATABASES = {
    "default": database_from(_URL, Path(":memory:"), variable="LUZEIRO_TEST_DATABASE"),
    # A database of its own, on the same engine: what a URL of the catalogue gives an installation.
    "catalogue": {
        **database_from(_URL, Path(":memory:"), variable="LUZEIRO_TEST_DATABASE"),
        "TEST": {"NAME": "test_catalogue" if _URL else None},
    },
}
