"""Kill an import at random instants, as kill -9 does, and look at what it left.

`python -m lab.killed_imports --kills 100`: each time the catalogue must be as before or as after,
never between, whole by SQLite's own check, and running the import again must come to the same end.
"""

import argparse
import hashlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bench.bench_vics import write_list
from luzeiro.catalogue.importing import Import, import_rows
from luzeiro.catalogue.readers import vics
from luzeiro.catalogue.store import DATABASE, open_catalogue

_TABLES = ("source", "revision", "entry", "identifier", "vote", "naming", "merge", "conflict")
_AT = datetime(2026, 3, 4, tzinfo=UTC)


def main() -> None:
    """Run it and say what came of it; exit status 1 where one was between."""
    arguments = _arguments()
    if arguments.home is not None:
        take(arguments.home, arguments.list, "B")
        return
    with tempfile.TemporaryDirectory() as folder:
        told = killed(Path(folder), arguments.kills, arguments.media, random.Random(2026))
    print(", ".join(f"{count} {what}" for what, count in sorted(told.items())))
    sys.exit(1 if told["between"] or told["ended elsewhere"] else 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--media", type=int, default=10_000)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--list", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def killed(folder: Path, kills: int, media: int, chance: random.Random) -> Counter[str]:
    """Kill as many imports; counts how the catalogue was found.

    One that ended before its instant came was not killed, and another is begun in its place.
    """
    first, second = folder / "first.json", folder / "second.json"
    write_list(first, media // 4)
    write_list(second, media)  # the first media are the same: some rows are known, most are new
    base, home = folder / "base", folder / "home"
    base.mkdir()
    take(base, first, "A")
    before = state(base)
    shutil.copytree(base, home)
    began = time.perf_counter()
    importing(home, second).wait()
    took_s, after = time.perf_counter() - began, state(home)
    assert before != after
    told: Counter[str] = Counter()
    while told["killed"] < kills:
        shutil.rmtree(home)
        shutil.copytree(base, home)
        process = importing(home, second)
        time.sleep(chance.uniform(0, took_s * 1.05))
        process.send_signal(signal.SIGKILL)
        told["killed"] += process.wait() == -signal.SIGKILL
        found = state(home)
        told["as before" if found == before else "as after" if found == after else "between"] += 1
        if found == before:
            importing(home, second).wait()
            told["ended elsewhere"] += state(home) != after
    return told


def importing(home: Path, path: Path) -> subprocess.Popen[bytes]:
    """An import in a process of its own."""
    command = [sys.executable, "-m", "lab.killed_imports", "--home", str(home), "--list", str(path)]
    return subprocess.Popen(command)


def take(home: Path, path: Path, source: str) -> None:
    """Import a list at an instant that is always the same."""
    what = Import(source=source, list_name=path.name, list_sha256="0" * 64, at=_AT)
    with open_catalogue(home), path.open("rb") as stream:
        import_rows(vics.read(stream), what, batch_rows=1_000)


def state(home: Path) -> str:
    """One digest of all that the catalogue holds, read as the next command would after a crash."""
    whole = hashlib.sha256()
    with closing(sqlite3.connect(home / DATABASE)) as connection:
        (check,) = connection.execute("PRAGMA integrity_check").fetchone()
        assert check == "ok", check
        for table in _TABLES:
            for row in connection.execute(f"SELECT * FROM catalogue_{table} ORDER BY id"):
                whole.update(repr(row).encode())
    return whole.hexdigest()


if __name__ == "__main__":
    main()
