import pytest

from luzeiro.catalogue.conflicts import merges, resolve, unmerge, waiting
from luzeiro.catalogue.errors import CatalogueError
from luzeiro.catalogue.models import Conflict, Entry
from luzeiro.catalogue.queries import listed, watched_files
from luzeiro.catalogue.withdrawing import withdraw_revision
from luzeiro.observations.identifiers import IdentifierKind
from tests.catalogue.imports import name, row, take
from tests.catalogue.test_withdrawing import BY

pytestmark = pytest.mark.usefixtures("catalogue")
OUTCOME = Conflict.Outcome


def two_digests() -> None:
    take(row(name("md5", 1), name("sha1", 2)), authority=True)
    take(row(name("md5", 1), name("sha1", 3), at="line 7"), source="B", authority=True)


def test_the_queue_says_whose_row_contradicts_what_and_where() -> None:
    two_digests()
    (one,) = waiting()
    assert (one.kind, one.source, one.list_revision, one.at) == ("two-digests", "B", 2, "line 7")
    assert one.identifiers == (name("md5", 1), name("sha1", 3))
    assert "two digests of kind sha1" in one.told


def test_a_dismissed_conflict_leaves_the_queue_and_the_catalogue_as_it_was() -> None:
    two_digests()
    resolve(1, OUTCOME.DISMISSED, BY)
    assert list(waiting()) == []
    assert [one.outcome for one in waiting(resolved=True)] == ["dismissed"]
    assert Entry.objects.count() == 1
    with pytest.raises(CatalogueError, match="decided already: dismissed"):
        resolve(1, OUTCOME.DISMISSED, BY)


def test_a_row_that_is_another_file_gets_an_entry_under_its_free_names() -> None:
    two_digests()
    resolve(1, OUTCOME.SEPARATE, BY)
    assert [one.identifiers for one in listed()] == [
        (name("md5", 1), name("sha1", 2)),
        (name("sha1", 3),),
    ]
    assert len(list(watched_files(IdentifierKind.SHA1))) == 2


def test_a_decision_can_be_withdrawn_and_goes_with_the_import_that_raised_it() -> None:
    two_digests()
    decided = resolve(1, OUTCOME.SEPARATE, BY)
    withdraw_revision(decided, BY)
    assert [one.conflict for one in waiting()] == [1]
    assert len(list(watched_files(IdentifierKind.SHA1))) == 1
    resolve(1, OUTCOME.SEPARATE, BY)
    withdraw_revision(2, BY)
    assert list(waiting()) == []
    assert len(list(watched_files(IdentifierKind.SHA1))) == 1


def test_two_sizes_can_be_one_file_whose_size_is_then_unknown() -> None:
    take(row(name("md5", 1), size_bytes=5))
    take(row(name("md5", 1), name("sha1", 2), size_bytes=6), source="B")
    resolve(1, OUTCOME.JOINED, BY)
    (file,) = listed()
    assert (file.sources, file.size_bytes) == (("A", "B"), None)
    assert file.identifiers == (name("md5", 1), name("sha1", 2))


def test_two_digests_of_a_kind_cannot_be_one_file() -> None:
    two_digests()
    with pytest.raises(CatalogueError, match="only two sizes can be one file"):
        resolve(1, OUTCOME.JOINED, BY)
    assert len(list(waiting())) == 1


def test_a_row_without_a_free_name_is_no_other_file() -> None:
    take(row(name("md5", 1), name("sha1", 2)), row(name("sha1", 3)))
    take(row(name("md5", 1), name("sha1", 3)), source="B")
    with pytest.raises(CatalogueError, match="names an entry already"):
        resolve(1, OUTCOME.SEPARATE, BY)


def test_a_merge_can_be_undone_and_the_same_list_does_not_redo_it() -> None:
    bridge = row(name("md5", 1), name("sha1", 2))
    take(row(name("md5", 1)), row(name("sha1", 2)), authority=True)
    take(bridge, source="B")
    (merge,) = merges()
    assert (merge.one, merge.other, merge.source) == (1, 2, "B")
    unmerge(merge.merge, BY)
    assert [one.entry_id for one in listed()] == [1, 2]
    assert list(merges()) == []
    assert take(bridge, source="B").counts == {"queued": 1}
    assert [one.kind for one in waiting()] == ["parted"]
    with pytest.raises(CatalogueError, match="was undone by revision 3"):
        unmerge(merge.merge, BY)


def test_what_is_benign_and_abuse_is_reported_and_not_watched_until_one_is_withdrawn() -> None:
    take(row(name("md5", 1)), authority=True)
    benign = row(name("md5", 1), scheme="benign", label="benign")
    outcome = take(benign, source="NSRL")
    assert outcome.counts == {"added": 1}
    assert [one.kind for one in waiting()] == ["benign-and-abuse"]
    assert list(watched_files(IdentifierKind.MD5)) == []
    withdraw_revision(2, BY)
    assert len(list(watched_files(IdentifierKind.MD5))) == 1
    assert list(waiting()) == []


def test_a_benign_list_that_came_first_holds_against_what_comes_later() -> None:
    take(row(name("md5", 1), scheme="benign", label="benign"), source="NSRL")
    take(row(name("md5", 1)), authority=True)
    assert [one.entry_id for one in waiting()] == [1]
    assert list(watched_files(IdentifierKind.MD5)) == []
