from pathlib import Path

import pytest
from django.db import connection

from luzeiro.catalogue.errors import CatalogueError
from luzeiro.catalogue.models import Entry
from luzeiro.catalogue.store import DATABASE, open_catalogue
from tests.catalogue.imports import name, row, take


def test_a_catalogue_is_kept_in_its_home(tmp_path: Path) -> None:
    with open_catalogue(tmp_path):
        take(row(name("md5", 1)))
    with open_catalogue(tmp_path):
        assert Entry.objects.count() == 1


def test_two_homes_have_two_catalogues(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        with open_catalogue(tmp_path / folder):
            assert not Entry.objects.exists()
            take(row(name("md5", 1)))


def test_a_power_cut_cannot_undo_what_was_committed(tmp_path: Path) -> None:
    with open_catalogue(tmp_path), connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous")
        assert cursor.fetchone() == (2,)  # FULL
        cursor.execute("PRAGMA journal_mode")
        assert cursor.fetchone() == ("wal",)


def test_a_file_that_is_no_catalogue_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_bytes(b"nothing that SQLite knows" * 100)
    with pytest.raises(CatalogueError, match=rf"{DATABASE} cannot be opened .*Restore it"):
        open_catalogue(tmp_path)
