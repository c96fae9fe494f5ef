import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from luzeiro.catalogue.models import Entry
from luzeiro.catalogue.rule import watchable
from luzeiro.catalogue.standing import batches, members_of, standing, watched_entries
from luzeiro.catalogue.withdrawing import withdraw_revision
from tests.catalogue.imports import name, row, take
from tests.catalogue.test_importing import ROWS
from tests.catalogue.test_withdrawing import BY

pytestmark = pytest.mark.usefixtures("catalogue")


def test_votes_stand_as_they_did_before_a_revision_if_asked() -> None:
    take(row(name("md5", 1)), authority=True)
    done = withdraw_revision(1, BY)
    assert standing({1})[1].casts == ()
    before = standing({1}, back_to=done.revision)[1]
    assert str(before.in_force) == "interpol-baseline:baseline"
    assert before.told == ("A (authority): interpol-baseline:baseline, revision 1",)


def test_merged_entries_are_judged_together() -> None:
    take(row(name("md5", 1)), row(name("sha1", 2)))
    take(row(name("sha1", 2)), source="B")
    assert list(watched_entries()) == [False, False, True]
    take(row(name("md5", 1), name("sha1", 2)), source="B")
    assert list(watched_entries()) == [False, True, True]
    assert members_of({1}) == {1: 1, 2: 1}


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ROWS)
def test_judging_all_at_once_is_judging_each(rows: list[object]) -> None:
    take(*rows, source="A")  # type: ignore[arg-type]  # rows
    take(*rows[::2], source="B")  # type: ignore[arg-type]  # rows
    watched = watched_entries()
    roots = dict(Entry.objects.values_list("pk", "merged_into"))
    judged = standing({into or entry for entry, into in roots.items()})
    expected = {entry: watchable(judged[into or entry].in_force) for entry, into in roots.items()}
    assert {entry: bool(watched[entry]) for entry in roots} == expected
    assert watched.dtype == np.bool_


def test_keys_are_cut_into_what_one_question_holds() -> None:
    assert [len(batch) for batch in batches(range(801))] == [400, 400, 1]
