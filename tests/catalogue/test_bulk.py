import pytest
from django.db import IntegrityError, OperationalError

from luzeiro.catalogue import bulk
from luzeiro.catalogue.errors import CatalogueError
from luzeiro.catalogue.models import Source
from tests.catalogue.imports import name, row, take

pytestmark = pytest.mark.usefixtures("catalogue")


def test_what_is_staged_is_there_anew_each_time_byte_for_byte() -> None:
    columns = [("digest", "bytes"), ("kind", "text"), ("number", "int")]
    for rows in ([(b"\x00\xff\\", "a\t\n", 2**40)], [(b"", "", None)], []):
        bulk.stage("staged", columns, rows)
        assert [tuple(one) for one in bulk.select("SELECT * FROM staged")] == rows


def test_a_change_is_whole_or_not_at_all() -> None:
    with pytest.raises(IntegrityError), bulk.one_change():
        bulk.insert("catalogue_source", ["name", "authority"], [("A", False)])
        bulk.insert("catalogue_source", ["name", "authority"], [("A", False)])
    assert not Source.objects.exists()


def test_what_the_database_cannot_do_now_is_told_and_nothing_is_changed() -> None:
    told = pytest.raises(CatalogueError, match=r"changed now \(locked\)\. Nothing was")
    with told, bulk.one_change():
        Source.objects.create(name="A")
        raise OperationalError("locked")
    assert not Source.objects.exists()


def test_numbers_that_we_gave_out_are_not_given_again() -> None:
    with bulk.one_change():
        assert bulk.next_id("catalogue_entry") == 1
    take(row(name("md5", 1)))
    assert bulk.next_id("catalogue_entry") == 2
    bulk.numbered_to("catalogue_entry")


def test_rows_of_a_long_answer_come_one_by_one() -> None:
    take(*(row(name("md5", number)) for number in range(1, 9)))
    found = bulk.stream("SELECT id FROM catalogue_entry ORDER BY id")
    assert next(found)[0] == 1
    assert [one for (one,) in found] == [2, 3, 4, 5, 6, 7, 8]
    assert bulk.execute("UPDATE catalogue_entry SET size_bytes = %s WHERE id > %s", [5, 6]) == 2
