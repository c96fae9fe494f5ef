from collections.abc import Iterator, Sequence

import pytest

from luzeiro.catalogue.conflicts import unmerge
from luzeiro.catalogue.errors import CatalogueError
from luzeiro.catalogue.recall import Affected, Rested, affected_by, rested_on
from luzeiro.catalogue.withdrawing import withdraw_revision, withdraw_source
from tests.catalogue.imports import AT, name, row, take
from tests.catalogue.test_withdrawing import BY

pytestmark = pytest.mark.usefixtures("catalogue")
BASELINE = "interpol-baseline:baseline"


class Keeper:
    """Keeps one thing for each file that it is asked about."""

    def resting_on(self, affected: Sequence[Affected]) -> Iterator[Rested]:
        for file in affected:
            yield Rested(
                what="lead",
                number="7",
                entry_id=file.entry_id,
                at=AT,
                category_then=file.category_before,
                category_now=file.category_now,
            )


def test_a_recall_says_what_each_file_was_and_is_and_asks_whoever_keeps_things() -> None:
    take(row(name("md5", 1)), row(name("md5", 2)), authority=True)
    take(row(name("md5", 2), scheme="vics-us", label="1"), source="B", authority=True)
    done = withdraw_revision(1, BY)
    first, second = affected_by(done.revision)
    assert (first.category_before, first.category_now) == (BASELINE, None)
    assert (first.watched_before, first.watched_now) == (True, False)
    assert first.lost == (name("md5", 1),)
    assert (second.category_before, second.category_now) == (BASELINE, "vics-us:1")
    assert second.watched_now
    assert [one.entry_id for one in rested_on(done.revision, [Keeper()])] == [1, 2]


def test_what_still_stands_as_it_did_rests_on() -> None:
    take(row(name("md5", 1)), authority=True)
    take(row(name("md5", 1)), source="B")
    done = withdraw_revision(2, BY)
    (file,) = affected_by(done.revision)
    assert not file.falls
    assert list(rested_on(done.revision, [Keeper()])) == []


def test_a_name_that_fell_away_is_named_though_the_file_keeps_its_category() -> None:
    take(row(name("md5", 1)), authority=True)
    take(row(name("md5", 1), name("sha1", 2)), source="B")
    done = withdraw_source("B", BY)
    (file,) = affected_by(done.revision)
    assert (file.category_before, file.category_now) == (BASELINE, BASELINE)
    assert file.lost == (name("sha1", 2),)
    assert file.falls


def test_what_a_merge_carried_over_is_recalled_when_the_merge_is_undone() -> None:
    take(row(name("md5", 1)), authority=True)
    take(row(name("sha1", 2), scheme="vics-us", label="1"), source="B")
    take(row(name("md5", 1), name("sha1", 2), scheme="vics-us", label="1"), source="B")
    files = {one.entry_id: one for one in affected_by(unmerge(1, BY))}
    assert (files[1].category_before, files[1].category_now) == (BASELINE, BASELINE)
    assert (files[2].category_before, files[2].category_now) == (BASELINE, None)


def test_a_revision_that_is_not_there_is_named() -> None:
    with pytest.raises(CatalogueError, match="no revision 9"):
        list(affected_by(9))
