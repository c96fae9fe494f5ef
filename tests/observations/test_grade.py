from itertools import product

import pytest

from luzeiro.observations.grade import Control, Grade, grade

CASES = list(product((False, True), (False, True), Control))


def test_only_an_own_statement_with_a_refused_control_question_is_stated() -> None:
    stated = [
        case
        for case in CASES
        if grade(answered=case[0], holds_some=case[1], control=case[2]) is Grade.STATED
    ]
    assert stated == [(True, True, Control.REFUSED)]


@pytest.mark.parametrize("control", Control)
@pytest.mark.parametrize("holds_some", [False, True])
def test_hearsay_alone_is_heard_whatever_else_is_claimed(
    holds_some: bool, control: Control
) -> None:
    assert grade(answered=False, holds_some=holds_some, control=control) is Grade.HEARD


@pytest.mark.parametrize("control", [one for one in Control if one is not Control.REFUSED])
def test_a_peer_that_does_not_refuse_the_control_question_is_no_more_than_reached(
    control: Control,
) -> None:
    assert grade(answered=True, holds_some=True, control=control) is Grade.REACHED


def test_no_case_is_graded_corroborated_here() -> None:
    grades = {grade(answered=a, holds_some=h, control=c) for a, h, c in CASES}
    assert Grade.CORROBORATED not in grades


def test_grades_rank_from_hearsay_upwards() -> None:
    assert [one.rank for one in Grade] == [0, 1, 2, 3]
    assert Grade.HEARD.rank < Grade.REACHED.rank < Grade.STATED.rank < Grade.CORROBORATED.rank
