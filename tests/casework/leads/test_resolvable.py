from dataclasses import replace
from datetime import timedelta

import pytest

from luzeiro.casework.leads.material import NOWHERE
from luzeiro.casework.leads.resolvable import Doubt, doubts, is_fatal
from luzeiro.places.flags import Flag
from tests.casework.world import ARGENTINA, NOW, seen


def test_a_source_port_a_good_clock_and_a_place_leave_no_doubt() -> None:
    assert doubts([seen()], NOW) == []


@pytest.mark.parametrize(
    ("flag", "doubt"),
    [
        (Flag.CARRIER_GRADE_NAT, Doubt.SHARED), (Flag.VPN, Doubt.ANONYMISING),
        (Flag.TOR, Doubt.ANONYMISING), (Flag.HOSTING, Doubt.HOSTING),
    ],
)  # fmt: skip
def test_each_flag_of_the_address_is_a_doubt(flag: Flag, doubt: Doubt) -> None:
    place = replace(ARGENTINA, flags=frozenset({flag}))
    assert doubts([seen(place=place)], NOW) == [doubt]


def test_what_is_not_known_is_a_doubt() -> None:
    found = doubts([seen(source=False, clock_error_s=None, place=NOWHERE)], NOW)
    assert found == [Doubt.NO_SOURCE_PORT, Doubt.CLOCK, Doubt.NO_PLACE]
    assert doubts([seen(ago=timedelta(days=200))], NOW) == [Doubt.TOO_OLD]


def test_a_shared_address_can_be_resolved_only_with_the_source_port() -> None:
    assert not is_fatal([Doubt.SHARED])
    assert is_fatal([Doubt.SHARED, Doubt.NO_SOURCE_PORT])
    assert is_fatal([Doubt.ANONYMISING])
    assert not is_fatal([Doubt.NO_SOURCE_PORT, Doubt.CLOCK])
