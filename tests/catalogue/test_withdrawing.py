import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luzeiro.catalogue.errors import CatalogueError
from luzeiro.catalogue.models import Identifier, Revision, Source, TorrentFile, Vote
from luzeiro.catalogue.queries import listed, watched_files, watched_torrents
from luzeiro.catalogue.torrents import MappedFile
from luzeiro.catalogue.withdrawing import (
    By,
    taken_back,
    withdraw_revision,
    withdraw_source,
    withdraw_vote,
)
from luzeiro.observations.identifiers import IdentifierKind
from tests.catalogue.imports import AT, name, row, take
from tests.catalogue.test_importing import ROWS
from tests.catalogue.test_torrents import torrent_map

pytestmark = pytest.mark.usefixtures("catalogue")
BY = By(who="curator", at=AT, reason="a mistake")
MD5 = IdentifierKind.MD5


def seen() -> list[object]:
    """The catalogue as others see it, without the numbers of revisions."""
    authorities = list(Source.objects.filter(authority=True).values_list("name", flat=True))
    files = [(one.entry_id, one.category, one.sources, one.identifiers) for one in listed()]
    return [authorities, [one for one in files if one[2] or one[3]], list(watched_torrents())]


def test_a_withdrawn_vote_counts_no_more_and_is_kept_with_who_took_it_back() -> None:
    take(row(name("md5", 1)), authority=True)
    done = withdraw_vote(Vote.objects.get().pk, BY)
    assert list(watched_files(MD5)) == []
    vote = Vote.objects.select_related("withdrawn_by").get()
    assert vote.withdrawn_by is not None
    assert (vote.withdrawn_by.pk, vote.withdrawn_by.made_by) == (done.revision, "curator")
    assert vote.withdrawn_by.reason == "a mistake"
    with pytest.raises(CatalogueError, match="taken back by revision 2"):
        withdraw_vote(vote.pk, BY)


def test_undoing_an_import_takes_its_votes_and_its_names_and_brings_back_what_it_replaced() -> None:
    take(row(name("md5", 1), scheme="vics-us", label="1"), authority=True)
    before = seen()
    take(row(name("md5", 1), name("sha1", 2), scheme="vics-us", label="2"), row(name("md5", 9)))
    assert list(watched_files(IdentifierKind.SHA1)) == []
    done = withdraw_revision(2, BY)
    assert (done.votes, done.restored, done.names) == (2, 1, 2)
    assert seen() == before
    restored = Vote.objects.get(withdrawn_by=None)
    assert (restored.revision_id, restored.entered_by_id) == (1, done.revision)


def test_a_name_that_another_source_vouches_for_stays() -> None:
    take(row(name("md5", 1), name("sha1", 2)), authority=True)
    take(row(name("md5", 1), name("sha1", 2)), source="B")
    take(row(name("md5", 1), name("sha1", 2)), source="C")
    assert withdraw_source("A", BY).names == 0
    assert len(list(watched_files(IdentifierKind.SHA1))) == 1  # B and C agree
    assert {one.named_by_id for one in Identifier.objects.all()} == {2}
    assert withdraw_source("B", BY).names == 0
    assert withdraw_source("C", BY).names == 2
    assert [one.identifiers for one in listed()] == [()]


def test_a_name_only_the_withdrawn_source_gave_falls_away_though_others_hold_the_file() -> None:
    take(row(name("md5", 1)), authority=True)
    take(row(name("md5", 1), name("sha1", 2)), source="B")
    assert withdraw_revision(2, BY).names == 1
    assert list(watched_files(IdentifierKind.SHA1)) == []
    assert len(list(watched_files(MD5))) == 1
    assert take(row(name("md5", 1), name("sha1", 2)), source="B").counts == {"added": 1}
    assert len(list(watched_files(IdentifierKind.SHA1))) == 1


def test_undoing_an_import_undoes_its_merges_and_its_maps() -> None:
    take(row(name("md5", 1)), row(name("sha1", 2)), authority=True)
    before = seen()
    take(row(name("md5", 1), name("sha1", 2)), MappedFile(torrent_map(), 0), source="B")
    assert withdraw_revision(2, BY).merges == 1
    assert seen() == before
    assert TorrentFile.objects.get().withdrawn_by_id == 3


def test_an_undone_import_can_be_redone_by_undoing_that() -> None:
    take(row(name("md5", 1)), row(name("sha1", 2)), authority=True)
    take(row(name("md5", 1), name("sha1", 2), scheme="vics-us", label="1"), source="B")
    before = seen()
    withdraw_revision(2, BY)
    with pytest.raises(CatalogueError, match="withdrawn already, by 3"):
        withdraw_revision(2, BY)
    withdraw_revision(3, BY)
    assert seen() == before
    assert taken_back() == {3: 4}


def test_a_source_that_an_import_made_an_authority_is_none_when_that_is_undone() -> None:
    take(row(name("md5", 1)))
    before = seen()
    take(row(name("md5", 1)), authority=True)
    assert len(list(watched_files(MD5))) == 1
    withdraw_revision(2, BY)
    assert seen() == before


def test_a_vote_whose_own_revision_is_withdrawn_does_not_come_back() -> None:
    take(row(name("md5", 1), scheme="vics-us", label="1"))
    take(row(name("md5", 1), scheme="vics-us", label="2"))
    withdraw_revision(1, BY)
    withdraw_revision(2, BY)
    assert not Vote.objects.filter(withdrawn_by=None).exists()


def test_what_does_not_exist_is_named() -> None:
    with pytest.raises(CatalogueError, match="no revision 7"):
        withdraw_revision(7, BY)
    with pytest.raises(CatalogueError, match="no source 'X'"):
        withdraw_source("X", BY)
    with pytest.raises(CatalogueError, match="Vote 7 is not known"):
        withdraw_vote(7, BY)
    assert not Revision.objects.exists()


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ROWS, ROWS, st.sampled_from(["A", "B"]))
def test_undoing_an_import_gives_back_what_was_and_redoing_it_what_is(
    first: list[object], second: list[object], source: str
) -> None:
    with transaction.atomic():
        take(*first, source="A", authority=True)  # type: ignore[arg-type]  # rows
        before = seen()
        outcome = take(*second, source=source)  # type: ignore[arg-type]  # rows
        after = seen()
        assert outcome.revision is not None
        undone = withdraw_revision(outcome.revision, BY)
        assert seen() == before
        withdraw_revision(undone.revision, BY)
        assert seen() == after
        transaction.set_rollback(True)
