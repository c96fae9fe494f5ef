"""Telling a full disk from a broken one: SQLite has the same words for both."""

import errno
import shutil
import sqlite3
from pathlib import Path

_TOO_LITTLE_BYTES = 1 << 20  # SQLite asks for more at once: its log's index is 32 KiB, pages follow
_PRIMARY = 0xFF  # of an extended result code (sqlite.org, "Result Codes")


def is_full_disk(error: BaseException, path: Path) -> bool:
    """Whether an error of the database at `path` means that its disk is full.

    SQLITE_FULL says so itself. SQLITE_IOERR and SQLITE_CANTOPEN say only that a call failed, as for
    the log's shared memory: there the room that is left decides.
    """
    code = _code(error)
    if code == sqlite3.SQLITE_FULL:
        return True
    return code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN) and _no_room(path)


def told(path: Path) -> str:
    """What to say of it, and what to do."""
    return (
        f"The disk that holds {path} is full. Make room and run the command again: "
        "the catalogue is as it was."
    )


def _code(error: BaseException | None) -> int | None:
    """The primary result code of SQLite's own error, which Django's holds as its cause."""
    while error is not None and not isinstance(error, sqlite3.Error):
        error = error.__cause__
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else int(code) & _PRIMARY


def _no_room(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < _TOO_LITTLE_BYTES
    except OSError as error:
        return error.errno == errno.ENOSPC
