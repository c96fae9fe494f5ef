from pathlib import Path

import pytest

from luzeiro.casework.officers.models import Officer
from luzeiro.catalogue.errors import CatalogueError
from luzeiro.catalogue.models import Entry
from luzeiro.portal.databases import Router, database_from


def test_a_url_is_postgresql_and_none_is_sqlite() -> None:
    assert database_from(None, Path("here"), variable="X")["NAME"] == "here"
    read = database_from("postgresql:///cases?host=run", Path(), variable="X")
    assert (read["NAME"], read["HOST"], read["CONN_MAX_AGE"]) == ("cases", "run", 60)


def test_another_kind_of_database_is_refused_by_the_name_of_what_named_it() -> None:
    with pytest.raises(CatalogueError, match="LUZEIRO_CASEWORK_DATABASE"):
        database_from("mysql://x/y", Path(), variable="LUZEIRO_CASEWORK_DATABASE")


def test_casework_and_the_catalogue_lie_apart() -> None:
    router = Router()
    assert router.db_for_read(Officer) == router.db_for_write(Officer) == "default"
    assert router.db_for_read(Entry) == "catalogue"
    assert not router.allow_migrate("catalogue", "officers")
    assert router.allow_migrate("catalogue", "catalogue")
