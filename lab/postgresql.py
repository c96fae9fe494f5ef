"""A private PostgreSQL server for one command, as an account that is not root::

    python -m lab.postgresql COMMAND ...

The command finds it under LUZEIRO_TEST_DATABASE. Nothing is left when it ends.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

USER = "postgres"  # Debian's package makes it; initdb refuses root


def main() -> int:
    """Start a server, run the command, stop the server; gives the command's status."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not programs:
        print(
            "There is no PostgreSQL here. Install Debian's package 'postgresql'.", file=sys.stderr
        )
        return 2
    folder = Path(tempfile.mkdtemp(prefix="luzeiro-postgresql-"))
    try:
        if os.getuid() == 0:
            shutil.chown(folder, USER)
        return _with_server(programs[-1], folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _with_server(programs: Path, folder: Path) -> int:
    where = ["-D", str(folder / "data")]
    control = str(programs / "pg_ctl")
    _run(str(programs / "initdb"), *where, "-A", "trust", "-U", "luzeiro")
    # No TCP at all, and no waiting for the disk: the data is thrown away.
    _run(control, *where, "-w", "-l", str(folder / "log"), "-o", f"-F -h '' -k {folder}", "start")
    try:
        url = f"postgresql://luzeiro@/postgres?host={folder}"
        environment = {**os.environ, "LUZEIRO_TEST_DATABASE": url}
        return subprocess.run(sys.argv[1:], env=environment, check=False).returncode
    finally:
        _run(control, *where, "-m", "fast", "stop")


def _run(*words: str) -> None:
    account = USER if os.getuid() == 0 else None
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, cwd="/", user=account)


if __name__ == "__main__":
    sys.exit(main())
