from random import Random
from uuid import UUID

import pytest

from luzeiro import __version__
from luzeiro.collector.recorder import Recorder, configuration_sha256
from luzeiro.observations.record import CLOCK_DOUBTFUL, Clock
from tests.observations.examples import AT, observation

RECORDER = Recorder(UUID(int=1), b"\x01" * 32, "aa" * 32, Random(1))
CLOCK = Clock(0.5, "ntp (adjtimex)")


def test_each_observation_is_named_once_and_in_order() -> None:
    first, second = RECORDER.record([observation(), observation()], CLOCK, AT)
    assert first.sighting_id.version == 7
    assert first.sighting_id != second.sighting_id


def test_a_sighting_says_who_recorded_it_with_what_under_which_settings() -> None:
    (sighting,) = RECORDER.record([observation()], CLOCK, AT)
    assert (sighting.collector, sighting.watch_revision) == (UUID(int=1), "aa" * 32)
    assert (sighting.configuration_sha256, sighting.clock) == (b"\x01" * 32, CLOCK)
    assert sighting.software == f"luzeiro {__version__}"
    assert sighting.observation == observation()


@pytest.mark.parametrize("change", [{"a": 2}, {"a": 1, "b": None}])
def test_other_settings_have_another_digest(change: dict[str, object]) -> None:
    assert configuration_sha256({"a": 1}) != configuration_sha256(change)
    assert configuration_sha256({"a": 1, "b": 2}) == configuration_sha256({"b": 2, "a": 1})


@pytest.mark.parametrize(("error_s", "doubts"), [(0.02, ()), (None, (CLOCK_DOUBTFUL,))])
def test_a_clock_without_a_bound_makes_a_sighting_doubtful(
    error_s: float | None, doubts: tuple[str, ...]
) -> None:
    recorder = Recorder(UUID(int=1), bytes(32), "revision", Random(1))
    (made,) = recorder.record([observation()], Clock(error_s, "a source"), AT)
    assert made.observation.doubts == doubts
    (made,) = recorder.record([observation(doubts=("first",))], Clock(error_s, "a source"), AT)
    assert made.observation.doubts == ("first", *doubts)
