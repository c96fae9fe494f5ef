"""`python -m luzeiro.portal COMMAND`: Django's commands under the portal's settings."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run one command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luzeiro.portal.settings")
    execute_from_command_line(["luzeiro.portal", *sys.argv[1:]])


if __name__ == "__main__":
    main()
