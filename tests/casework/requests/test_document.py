from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luzeiro.casework.requests.document import Line, NotResolvable, RequestDocument
from luzeiro.casework.requests.selection import Candidate, Circumstances, objection
from tests.casework.requests.documents import NOW, candidate, circumstances, document
from tests.casework.requests.test_selection import CANDIDATES, CIRCUMSTANCES

# How fast examples come depends on what else the machine does.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@UNHURRIED
@given(st.lists(CANDIDATES, max_size=6), CIRCUMSTANCES)
def test_no_request_can_hold_a_sighting_that_is_not_resolvable(
    candidates: list[Candidate], told: Circumstances
) -> None:
    lines = tuple(Line(number, one) for number, one in enumerate(candidates, start=1))
    one_address = len({one.address for one in candidates}) == 1
    if one_address and all(objection(one, told) is None for one in candidates):
        assert document(lines=lines, circumstances=told).lines == lines
    else:
        with pytest.raises(ValueError, match=r"line \d|at least one|one address"):
            document(lines=lines, circumstances=told)


@UNHURRIED
@given(CANDIDATES, CIRCUMSTANCES, st.integers(0, 2))
def test_one_bad_sighting_among_good_ones_is_enough_to_refuse(
    other: Candidate, told: Circumstances, place: int
) -> None:
    lines = [Line(number, candidate(number)) for number in (1, 2, 3)]
    lines[place] = Line(place + 1, other)
    if objection(other, told) is not None:
        with pytest.raises(ValueError, match=r"line \d|one address"):
            document(lines=tuple(lines), circumstances=told)


def test_a_request_without_a_line_is_none() -> None:
    with pytest.raises(NotResolvable, match="at least one line"):
        document(lines=())


def test_a_request_is_about_one_address() -> None:
    lines = (Line(1, candidate(1)), Line(2, candidate(2, address="192.0.2.8")))
    with pytest.raises(ValueError, match="one address"):
        document(lines=lines)


def test_lines_are_numbered_from_one() -> None:
    with pytest.raises(ValueError, match="numbered"):
        document(lines=(Line(2, candidate(1)),))


def test_sightings_are_judged_as_of_the_request_and_not_as_of_another_day() -> None:
    with pytest.raises(ValueError, match="as of the instant"):
        document(circumstances=circumstances(now=NOW - timedelta(days=300)))


def test_the_oldest_lines_record_is_lost_first() -> None:
    made: RequestDocument = document()
    assert made.first_lost_at == NOW - timedelta(days=2) + timedelta(days=180)
    assert made.last_lost_at == NOW - timedelta(days=1) + timedelta(days=180)


def test_nothing_in_a_request_can_be_changed() -> None:
    made = document()
    with pytest.raises(AttributeError):
        made.reference = "another"  # type: ignore[misc]
