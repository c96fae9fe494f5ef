from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luzeiro.casework.paper.instants import (
    EARLIEST,
    check,
    clocks_change_near,
    local_text,
    minutes_text,
    parse_echo,
    parse_local,
    parse_utc,
    utc_text,
    zone,
)

INSTANTS = st.integers(0, 99 * 366 * 86_400 * 10**6).map(
    lambda age_us: EARLIEST + timedelta(microseconds=age_us)
)
ZONES = st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"}))

# How fast examples come depends on what else the machine does.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@UNHURRIED
@given(INSTANTS)
def test_an_instant_in_utc_reads_back_to_the_microsecond(at: datetime) -> None:
    assert parse_utc(utc_text(at)) == at


@UNHURRIED
@given(INSTANTS, ZONES)
def test_a_local_time_with_its_offset_reads_back_in_any_zone_of_the_world(
    at: datetime, name: str
) -> None:
    assert parse_local(local_text(at, name)) == at
    assert parse_echo(local_text(at, name)) == at


def test_both_hours_of_a_doubled_hour_stay_apart() -> None:
    first = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)  # New York puts its clocks back at 6:00 UTC
    second = first + timedelta(hours=1)
    assert local_text(first, "America/New_York") == "2026-11-01T01:30:00.000000-04:00"
    assert local_text(second, "America/New_York") == "2026-11-01T01:30:00.000000-05:00"


def test_paraguay_no_longer_changes_its_clocks() -> None:
    # Since October 2024 its clocks stay three hours behind UTC; older rules would say four.
    assert local_text(datetime(2026, 7, 1, tzinfo=UTC), "America/Asuncion").endswith("-03:00")
    assert local_text(datetime(2024, 7, 1, tzinfo=UTC), "America/Asuncion").endswith("-04:00")


@pytest.mark.parametrize("text", ["", "2026-11-26T04:37:31Z", "2026-11-26 04:37:31.123456Z", "x"])
def test_a_looser_text_is_no_instant_of_ours(text: str) -> None:
    with pytest.raises(ValueError, match="is not an instant"):
        parse_utc(text)
    with pytest.raises(ValueError, match="is not an instant"):
        parse_local(text)


@pytest.mark.parametrize("text", ["2026-11-26T04:37:31", "2026-11-26 04:37"])
def test_an_echo_without_an_offset_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no offset"):
        parse_echo(text)


def test_what_lies_before_2000_is_refused() -> None:
    with pytest.raises(ValueError, match="before 2000"):
        check(EARLIEST - timedelta(seconds=1))


@pytest.mark.parametrize("name", ["", "../etc/passwd", "/etc/passwd", "Mars/Olympus", "America"])
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        zone(name)


def test_an_appointed_hour_is_told_to_the_minute() -> None:
    at = datetime(2026, 12, 3, 9, tzinfo=UTC)
    assert minutes_text(at, "America/Argentina/Buenos_Aires") == "2026-12-03 06:00 -03:00"


def test_a_change_of_clocks_near_the_hour_is_seen() -> None:
    at = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert clocks_change_near(at, "America/New_York")
    assert not clocks_change_near(at, "America/Guayaquil")
