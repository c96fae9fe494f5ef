from dataclasses import replace

import pytest

from luzeiro.catalogue.changes import (
    State,
    changed_since,
    count_changed_since,
    state_now,
    still_there,
)
from luzeiro.catalogue.conflicts import unmerge
from luzeiro.catalogue.withdrawing import withdraw_revision
from luzeiro.observations.identifiers import IdentifierKind
from tests.catalogue.imports import name, row, take
from tests.catalogue.test_withdrawing import BY

pytestmark = pytest.mark.usefixtures("catalogue")


def changed(state: State) -> list[tuple[int, int, bool]]:
    return sorted(
        (digest[0], entry, stands)
        for digest, entry, stands in changed_since(state, IdentifierKind.MD5)
    )


def test_each_change_shows_the_files_it_reached_and_no_others() -> None:
    empty = state_now()
    take(row(name("md5", 1)), row(name("md5", 2)), row(name("sha1", 3)))
    assert count_changed_since(empty, at_most=10) == 3
    imported = state_now()
    assert changed(imported) == []
    take(row(name("md5", 2)), source="B")
    assert changed(imported) == [(2, 2, True)]
    voted = state_now()
    take(row(name("md5", 1), name("sha1", 3)), source="B")
    assert changed(voted) == [(1, 1, True)]
    merged = state_now()
    unmerge(1, BY)
    assert changed(merged) == [(1, 1, True)]
    parted = state_now()
    done = withdraw_revision(1, BY)
    assert changed(parted) == [(1, 1, True), (2, 2, True)]  # B vouches for them as well
    withdrawn = state_now()
    withdraw_revision(done.revision, BY)
    assert changed(withdrawn) == [(1, 1, True), (2, 2, True)]


def test_another_catalogue_another_rule_and_a_new_authority_are_told_apart() -> None:
    take(row(name("md5", 1)))
    state = state_now()
    assert still_there(state)
    assert not still_there(replace(state, made_at="2020"))
    assert not still_there(replace(state, rule="other"))
    assert not still_there(replace(state, revision=9))
    take(row(name("md5", 2)), authority=True)
    assert not still_there(state)
