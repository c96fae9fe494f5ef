from pathlib import Path

import pytest

from luzeiro.casework.officers.models import Officer
from luzeiro.catalogue.models import Entry
from luzeiro.portal.databases import Router, database_from


def test_a_url_is_postgresql_and_none_is_sqlite() -> None:
    assert database_from(None, Path("here"))["NAME"] == "here"
    read = database_from("postgresql://ana:s%40fe@db.example:5433/cases?sslmode=require", Path())
    assert (read["USER"], read["PASSWORD"], read["HOST"], read["PORT"]) == (
        "ana", "s@fe", "db.example", "5433",
    )  # fmt: skip
    assert (read["NAME"], read["OPTIONS"]) == ("cases", {"sslmode": "require"})
    assert database_from("postgresql:///cases?host=run", Path())["HOST"] == "run"


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(ValueError, match="mysql"):
        database_from("mysql://x/y", Path())


def test_casework_and_the_catalogue_lie_apart() -> None:
    router = Router()
    assert router.db_for_read(Officer) == router.db_for_write(Officer) == "default"
    assert router.db_for_read(Entry) == "catalogue"
    assert not router.allow_migrate("catalogue", "officers")
    assert router.allow_migrate("catalogue", "catalogue")
