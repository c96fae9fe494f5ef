from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luzeiro.casework.requests.selection import (
    LEAST,
    MOST,
    Candidate,
    Circumstances,
    Reason,
    choose,
    objection,
)
from tests.casework.requests.documents import NOW, candidate, circumstances

ADDRESSES = ("192.0.2.7", "2001:db8::7", "127.0.0.1", "10.0.0.1", "fe80::1", "::1", "224.0.0.1")
CANDIDATES = st.builds(
    Candidate,
    sighting_id=st.uuids(),
    address=st.sampled_from(ADDRESSES),
    port=st.sampled_from([0, 1, 51_413, 65_535]),
    port_is_source=st.booleans(),
    seen_at=st.integers(-(10**6), 3 * 10**7).map(lambda s: NOW - timedelta(seconds=s)),
    clock_error_s=st.none() | st.floats(0, 20) | st.just(float("nan")),
    grade=st.sampled_from(["heard", "reached", "stated", "corroborated"]),
    recalled=st.booleans(),
)
CIRCUMSTANCES = st.builds(
    Circumstances,
    shared=st.booleans(),
    anonymising=st.booleans(),
    hosting=st.booleans(),
    keeps_ports=st.booleans(),
    retention=st.integers(1, 400).map(lambda days: timedelta(days=days)),
    now=st.just(NOW),
)

# How fast examples come depends on what else the machine does.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize(
    ("changes", "around", "reason"),
    [
        ({"recalled": True}, {}, Reason.RECALLED),
        ({"grade": "heard"}, {}, Reason.TOO_WEAK),
        ({"grade": "reached"}, {}, Reason.TOO_WEAK),
        ({"port": 0}, {}, Reason.NO_PORT),
        ({"clock_error_s": None}, {}, Reason.CLOCK),
        ({"clock_error_s": 5.1}, {}, Reason.CLOCK),
        ({"clock_error_s": float("nan")}, {}, Reason.CLOCK),
        ({"address": "10.1.2.3"}, {}, Reason.NOT_ROUTED),
        ({}, {"anonymising": True}, Reason.ANONYMISING),
        ({}, {"hosting": True}, Reason.HOSTING),
        ({}, {"shared": True}, Reason.SHARED),
        ({"port_is_source": False}, {"shared": True, "keeps_ports": True}, Reason.LISTENING),
        ({"seen_at": NOW + timedelta(seconds=1)}, {}, Reason.FUTURE),
        ({"seen_at": NOW - timedelta(days=180)}, {}, Reason.TOO_OLD),
        ({}, {}, None),
        ({"port_is_source": False}, {}, None),
        ({}, {"shared": True, "keeps_ports": True}, None),
        ({"seen_at": NOW - timedelta(days=179, hours=23)}, {}, None),
    ],
)
def test_each_reason_stands_alone(
    changes: dict[str, object], around: dict[str, object], reason: Reason | None
) -> None:
    assert objection(candidate(**changes), circumstances(**around)) is reason


@UNHURRIED
@given(st.lists(CANDIDATES, max_size=30, unique_by=lambda one: one.sighting_id), CIRCUMSTANCES)
def test_each_sighting_is_chosen_or_left_out_for_a_reason(
    candidates: list[Candidate], told: Circumstances
) -> None:
    choice = choose(candidates, told)
    left_out = [one for one, _ in choice.left_out]
    assert sorted(one.sighting_id for one in [*choice.chosen, *left_out]) == sorted(
        one.sighting_id for one in candidates
    )
    assert all(objection(one, told) is None for one in choice.chosen)
    assert all(
        objection(one, told) == (None if reason is Reason.NOT_NEEDED else reason)
        for one, reason in choice.left_out
    )
    assert sum(choice.reasons().values()) == len(left_out)


@UNHURRIED
@given(st.lists(CANDIDATES, max_size=30, unique_by=lambda one: one.sighting_id), CIRCUMSTANCES)
def test_two_lines_of_different_days_where_there_are_such(
    candidates: list[Candidate], told: Circumstances
) -> None:
    able = [one for one in candidates if objection(one, told) is None]
    chosen = choose(candidates, told).chosen
    days = {one.seen_at.date() for one in able}
    assert len({one.seen_at.date() for one in chosen}) == min(MOST, len(days))
    assert len(chosen) >= min(LEAST, len(able))
    assert list(chosen) == sorted(chosen, key=lambda one: (one.seen_at, one.sighting_id))


def test_at_most_ten_of_the_newest_days_enter() -> None:
    chosen = choose([candidate(number) for number in range(1, 31)], circumstances()).chosen
    assert [one.sighting_id for one in chosen] == [UUID(int=number) for number in range(10, 0, -1)]


def test_an_address_that_is_not_in_its_usual_form_is_refused() -> None:
    with pytest.raises(ValueError, match="not written as 2001:db8::1"):
        candidate(address="2001:DB8::1")
    with pytest.raises(ValueError, match="a port is"):
        candidate(port=65_536)
