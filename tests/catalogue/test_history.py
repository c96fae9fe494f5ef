import pytest

from luzeiro.catalogue.errors import CatalogueError
from luzeiro.catalogue.history import file_named, file_told, revisions, votes_of
from luzeiro.catalogue.torrents import MappedFile
from luzeiro.catalogue.withdrawing import withdraw_revision
from tests.catalogue.imports import AT, name, row, take
from tests.catalogue.test_torrents import torrent_map
from tests.catalogue.test_withdrawing import BY

pytestmark = pytest.mark.usefixtures("catalogue")


def test_who_named_and_judged_a_file_and_since_when_can_be_told_after_all_was_taken_back() -> None:
    take(row(name("md5", 1), name("sha1", 2), size_bytes=5), list_sha256="ab" * 32, by="officer")
    take(row(name("md5", 1)), source="B")
    withdraw_revision(2, BY)
    file = file_named(name("sha1", 2))
    assert (file.size_bytes, file.category, file.watched) == (5, None, False)
    assert [(str(one.identifier.kind), one.source, one.withdrawn_by) for one in file.names] == [
        ("md5", "A", None),
        ("sha1", "A", None),
        ("md5", "B", 3),
    ]
    first, second = file.votes
    assert (first.source, first.since, first.list_sha256) == ("A", AT, "ab" * 32)
    assert (second.source, second.withdrawn_by, second.withdrawn_at) == ("B", 3, AT)
    assert [one.vote for one in votes_of("B")] == [second.vote]


def test_a_revision_tells_who_made_it_from_what_and_whether_it_still_holds() -> None:
    take(row(name("md5", 1)), list_name="x.csv", by="officer")
    withdraw_revision(1, BY)
    first, second = revisions()
    assert (first.kind, first.made_by, first.list_name, first.added) == (
        *("import", "officer", "x.csv", 1),
    )
    assert first.withdrawn_by == second.revision == 2
    assert (second.kind, second.undoes, second.reason) == ("withdrawal", 1, "a mistake")


def test_a_file_shows_its_torrents_and_merges() -> None:
    take(MappedFile(torrent_map(), 1), row(name("md5", 1)), row(name("sha1", 2)))
    take(row(name("md5", 1), name("sha1", 2)), source="B")
    assert file_told(1).torrents == (("01" * 20, 1),)
    assert file_told(3).merges == ((1, 2, 3),)


def test_what_is_not_there_is_named_and_what_was_there_too() -> None:
    with pytest.raises(CatalogueError, match=r"md5:0101\w+ is not in the catalogue\."):
        file_named(name("md5", 1))
    take(row(name("md5", 1)))
    withdraw_revision(1, BY)
    with pytest.raises(CatalogueError, match="taken back by revision 2"):
        file_named(name("md5", 1))
    with pytest.raises(CatalogueError, match="no entry 9"):
        file_told(9)
