"""The files that the repository tracks."""

import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Locked versions with their digests, which are public packages'; and a licence that is not ours.
OTHERS_WORDS = (
    "requirements.lock", "requirements-bench.lock", "package-lock.json", "LICENSE",
    "echarts.min.js", "echarts.txt", "echarts-notice.txt", "htmx.min.js", "htmx.txt",
    "tabler.css", "tabler.txt",
)  # fmt: skip


@cache
def tracked() -> tuple[Path, ...]:
    """Every tracked file that is there, as a path from the root."""
    told = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout.decode()
    return tuple(Path(name) for name in told.split("\0") if name and (ROOT / name).is_file())


def texts(*, of_others: bool) -> Iterator[tuple[str, str]]:
    """Every tracked file's name and text; what is not UTF-8 is replaced."""
    for path in tracked():
        if of_others or path.name not in OTHERS_WORDS:
            yield path.as_posix(), (ROOT / path).read_bytes().decode("utf-8", "replace")
