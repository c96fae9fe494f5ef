"""The installation's own secret: made once, kept in the home, readable by its owner alone."""

import os
import secrets
from pathlib import Path

FILE = "portal.secret"


def secret_key(home: Path) -> str:
    """Read the home's secret; one for this process alone where none was made."""
    try:
        return (home / FILE).read_text().strip()
    except OSError:
        return secrets.token_urlsafe(64)


def make_secret(home: Path) -> None:
    """Make the home's secret, if it has none."""
    try:
        made = os.open(home / FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(made, "w") as out:
        out.write(secrets.token_urlsafe(64) + "\n")
