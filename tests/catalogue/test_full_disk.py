import sqlite3
from pathlib import Path

import pytest
from django.db import DatabaseError, connection

from luzeiro.catalogue import full_disk
from luzeiro.catalogue.bulk import one_change
from luzeiro.catalogue.errors import CatalogueError
from luzeiro.catalogue.full_disk import is_full_disk
from luzeiro.catalogue.store import open_catalogue
from tests.full_disk import fill, small_disk


def wrapped(code: int) -> DatabaseError:
    """An error as Django gives it."""
    cause, error = sqlite3.OperationalError("disk I/O error"), DatabaseError("disk I/O error")
    cause.sqlite_errorcode = code
    error.__cause__ = cause
    return error


def test_an_error_of_reading_or_writing_means_a_full_disk_only_where_there_is_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = wrapped(sqlite3.SQLITE_IOERR_WRITE)
    assert not is_full_disk(failed, tmp_path / "db")
    monkeypatch.setattr(full_disk, "_TOO_LITTLE_BYTES", 1 << 62)
    assert is_full_disk(failed, tmp_path / "db")
    assert not is_full_disk(wrapped(sqlite3.SQLITE_CORRUPT), tmp_path / "db")
    assert not is_full_disk(DatabaseError("of another database"), tmp_path / "db")


def test_sqlite_s_own_word_for_a_full_disk_is_enough(tmp_path: Path) -> None:
    assert is_full_disk(wrapped(sqlite3.SQLITE_FULL), tmp_path / "db")


def test_a_catalogue_on_a_full_disk_is_told_as_that_and_works_again_with_room(
    tmp_path: Path,
) -> None:
    with small_disk(tmp_path / "disk", mib=8) as disk:
        with open_catalogue(disk):
            pass
        filling = fill(disk)
        with pytest.raises(CatalogueError, match=r"The disk that holds .* is full"):
            _write(disk)
        filling.unlink()
        _write(disk)


def _write(disk: Path) -> None:
    with open_catalogue(disk), one_change(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE filler AS SELECT randomblob(100000) AS held")
        cursor.execute("DROP TABLE filler")
