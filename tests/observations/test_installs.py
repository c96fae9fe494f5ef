from datetime import UTC, datetime, timedelta

import pytest

from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.grade import Grade
from luzeiro.observations.installs import (
    Appearance,
    Place,
    clones,
    least_distance_km,
    moves,
    stays,
)
from luzeiro.observations.record import UserId

HASH = UserId("user_hash", bytes(5) + b"\x0e" + bytes(8) + b"\x6f" + bytes(1), durable=True)
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
LISBON, PORTO = Place(38.7, -9.1, 20.0), Place(41.1, -8.6, 20.0)
ASUNCION = Place(-25.3, -57.6, 50.0)


def seen(
    host: str,
    minutes: float,
    place: Place | None = None,
    *,
    grade: Grade = Grade.STATED,
    user_id: UserId = HASH,
) -> Appearance:
    address = Endpoint.parse(host, 4662)
    at = NOON + timedelta(minutes=minutes)
    return Appearance(user_id, address.packed, address.port, at, grade, place)


def test_an_installs_addresses_are_linked_in_order_of_time() -> None:
    told = stays([seen("192.0.2.2", 60), seen("192.0.2.1", 0), seen("192.0.2.1", 30)])
    assert [(Endpoint(stay.address, 0).host, stay.appearances) for stay in told] == [
        ("192.0.2.1", 2),
        ("192.0.2.2", 1),
    ]
    assert told[0].last_seen_at == NOON + timedelta(minutes=30)
    assert list(moves(told)) == [(told[0], told[1])]


def test_two_installs_are_never_linked() -> None:
    other = UserId("user_hash", b"\x22" * 16, durable=True)
    told = stays([seen("192.0.2.1", 0), seen("192.0.2.2", 1, user_id=other)])
    assert list(moves(told)) == []


def test_hearsay_and_ids_of_a_session_make_no_install() -> None:
    session = UserId("peer_id", b"\x33" * 20, durable=False)
    assert stays([seen("192.0.2.1", 0, grade=Grade.HEARD)]) == []
    assert stays([seen("192.0.2.1", 0, user_id=session)]) == []


def test_one_hash_at_two_far_places_at_once_is_a_clone() -> None:
    (clone,) = clones([seen("192.0.2.1", 0, LISBON), seen("198.51.100.1", 5, ASUNCION)])
    assert clone.user_id == HASH
    assert clone.apart_km is not None
    assert 8_500 < clone.apart_km < 9_500


def test_a_flight_that_could_have_been_taken_is_no_clone() -> None:
    assert clones([seen("192.0.2.1", 0, LISBON), seen("198.51.100.1", 14 * 60, ASUNCION)]) == []


def test_a_flight_that_nobody_could_have_taken_is_one() -> None:
    assert len(clones([seen("192.0.2.1", 0, LISBON), seen("198.51.100.1", 120, ASUNCION)])) == 1


def test_near_places_are_never_far_however_quickly_they_follow() -> None:
    assert clones([seen("192.0.2.1", 0, LISBON), seen("192.0.2.2", 0, PORTO)]) == []


def test_one_address_in_two_places_is_the_tables_fault() -> None:
    assert clones([seen("192.0.2.1", 0, LISBON), seen("192.0.2.1", 1, ASUNCION)]) == []


def test_a_clone_told_by_others_alone_is_not_flagged() -> None:
    told = [seen("192.0.2.1", 0, LISBON), seen("198.51.100.1", 1, ASUNCION, grade=Grade.HEARD)]
    assert clones(told) == []


@pytest.mark.parametrize("place", [None, LISBON])
def test_without_a_place_nothing_is_said_of_the_distance(place: Place | None) -> None:
    assert least_distance_km(seen("192.0.2.1", 0), seen("192.0.2.2", 0, place)) is None


def test_radii_are_taken_off_the_distance() -> None:
    wide = Place(LISBON.latitude, LISBON.longitude, 400.0)
    assert least_distance_km(seen("192.0.2.1", 0, wide), seen("192.0.2.2", 0, PORTO)) == 0.0


def test_without_coordinates_two_countries_at_once_are_a_clone() -> None:
    portugal, paraguay = Place(None, None, 50.0, "PT"), Place(None, None, 50.0, "PY")
    (clone,) = clones([seen("192.0.2.1", 0, portugal), seen("198.51.100.1", 5, paraguay)])
    assert clone.apart_km is None
    assert clones([seen("192.0.2.1", 0, portugal), seen("198.51.100.1", 60, paraguay)]) == []
    assert clones([seen("192.0.2.1", 0, portugal), seen("192.0.2.2", 5, portugal)]) == []
    nowhere = Place(None, None, 0.0)
    assert clones([seen("192.0.2.1", 0, portugal), seen("192.0.2.2", 5, nowhere)]) == []
