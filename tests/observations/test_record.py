from datetime import UTC, datetime, timedelta, timezone

import pytest

from luzeiro.observations.grade import Grade
from tests.observations.examples import observation

ELSEWHERE = datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=-3)))


@pytest.mark.parametrize("field", ["started_at", "seen_at"])
@pytest.mark.parametrize("instant", [ELSEWHERE, ELSEWHERE.replace(tzinfo=None)])
def test_an_instant_that_is_not_in_utc_is_refused(field: str, instant: datetime) -> None:
    with pytest.raises(ValueError, match=f"{field} must be in UTC"):
        observation(**{field: instant})


def test_a_collector_cannot_claim_that_a_sighting_is_corroborated() -> None:
    with pytest.raises(ValueError, match="never claims"):
        observation(grade=Grade.CORROBORATED)


@pytest.mark.parametrize("completeness", [-0.1, 100.1])
def test_completeness_is_a_percentage(completeness: float) -> None:
    with pytest.raises(ValueError, match="0 to 100"):
        observation(completeness=completeness)


def test_an_observation_keeps_microseconds() -> None:
    at = datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC)
    assert observation(seen_at=at).seen_at.microsecond == 1
