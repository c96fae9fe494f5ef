"""Running the portal's own commands: a process each, for one process has one Django set up."""

import os
import re
import subprocess
import sys
from pathlib import Path

from luzeiro.cli.home import HOME_VARIABLE, Home
from luzeiro.portal.secret import make_secret

SETTINGS = "luzeiro.portal.settings"
_CLASS = re.compile(r"^[\w.]*Error: ")  # of the error that a process ended with


class PortalError(Exception):
    """The portal refused, or cannot start: its own words."""


def portal_environment(home: Home) -> dict[str, str]:
    """The environment of the portal of a home."""
    return {
        **os.environ,
        HOME_VARIABLE: str(home.path.resolve()),
        "DJANGO_SETTINGS_MODULE": SETTINGS,
    }


def run_portal(home: Home, *words: str) -> str:
    """Run one command of the portal, and give what it printed.

    Raises:
        PortalError: it refused.
    """
    done = subprocess.run(
        [sys.executable, "-m", "luzeiro.portal", *words],
        env=portal_environment(home),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise PortalError(_told(done.stderr, home.path))
    return done.stdout


def lay_casework(home: Home, *then: str) -> str:
    """Make or update casework's tables and the installation's secret, then run a command, if any.

    Raises:
        PortalError: the database cannot be opened, or the command refused.
    """
    make_secret(home.path)
    return run_portal(home, "laid", *then)


def _told(stderr: str, home: Path) -> str:
    lines = [line for line in stderr.splitlines() if line.strip()]
    last = lines[-1] if lines else "it ended without a word"
    return f"The portal of {home}: {_CLASS.sub('', last)}"
