from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.cli.moments import parse_moment

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01T10:00:00Z", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("2026-03-01T10:00:00", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("2026-03-01T10:00:00-03:00", datetime(2026, 3, 1, 13, tzinfo=UTC)),
        ("90s", NOW - timedelta(seconds=90)),
        ("90m", NOW - timedelta(minutes=90)),
        ("2h", NOW - timedelta(hours=2)),
        ("3d", NOW - timedelta(days=3)),
        ("1w", NOW - timedelta(weeks=1)),
    ],
)
def test_an_instant_or_an_age_is_read(text: str, at: datetime) -> None:
    assert parse_moment(text, NOW) == at


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "2h30m", "-2h", "2026-13-01", "999999w", "0001-01-01T00:00:00+14:00"]
)
def test_anything_else_is_refused_with_the_forms_that_are_known(text: str) -> None:
    with pytest.raises(ValueError, match="is not an ISO date"):
        parse_moment(text, NOW)


@given(st.text(max_size=30))
def test_any_text_is_a_utc_instant_or_a_value_error(text: str) -> None:
    try:
        assert parse_moment(text, NOW).utcoffset() == timedelta(0)
    except ValueError as error:
        assert "is not an ISO date" in str(error)
