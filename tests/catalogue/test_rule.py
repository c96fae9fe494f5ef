from itertools import permutations

import pytest

from luzeiro.catalogue.rule import Cast, agree, in_force, watchable

ABUSE = ("interpol-baseline", "baseline")
NOT_PERTINENT = ("vics-us", "0")


def cast(source: str, *vote: str, authority: bool = False) -> Cast:
    return Cast(source, authority, *vote)


def test_without_votes_nothing_is_in_force() -> None:
    assert in_force([]) is None


def test_an_authoritys_vote_counts_alone() -> None:
    vote = cast("A", *ABUSE, authority=True)
    assert in_force([vote]) == vote


def test_one_source_that_is_no_authority_is_not_enough() -> None:
    assert in_force([cast("A", *ABUSE)]) is None


def test_two_independent_sources_that_agree_are_enough() -> None:
    assert in_force([cast("A", *ABUSE), cast("B", *ABUSE)]) is not None


def test_a_source_cannot_agree_with_itself() -> None:
    assert in_force([cast("A", *ABUSE), cast("A", *ABUSE)]) is None


def test_two_sources_that_contradict_each_other_put_nothing_in_force() -> None:
    assert in_force([cast("A", *ABUSE), cast("B", *NOT_PERTINENT)]) is None


def test_authorities_that_contradict_each_other_put_nothing_in_force() -> None:
    votes = [cast("A", *ABUSE, authority=True), cast("B", *NOT_PERTINENT, authority=True)]
    assert in_force(votes) is None


def test_an_authority_prevails_over_others_who_agree_among_themselves() -> None:
    authority = cast("Z", *NOT_PERTINENT, authority=True)
    assert in_force([cast("A", *ABUSE), cast("B", *ABUSE), authority]) == authority


def test_the_order_of_the_votes_does_not_matter() -> None:
    votes = [cast("A", *ABUSE), cast("B", *NOT_PERTINENT), cast("C", *ABUSE)]
    assert len({in_force(order) for order in permutations(votes)}) == 1


@pytest.mark.parametrize("label", ["", "no such label"])
def test_a_label_that_nobody_can_read_agrees_with_nothing(label: str) -> None:
    assert not agree(cast("A", "vics-us", label), cast("B", "vics-us", label))


def test_only_abuse_material_is_watched() -> None:
    assert watchable(cast("A", *ABUSE))
    assert not watchable(cast("A", *NOT_PERTINENT))
    assert not watchable(None)
