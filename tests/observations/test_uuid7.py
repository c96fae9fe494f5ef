from datetime import UTC, datetime, timedelta, timezone
from random import Random
from uuid import RFC_4122

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.observations.uuid7 import uuid7

EARLIEST, LATEST = datetime(1970, 1, 1), datetime(2500, 1, 1)  # noqa: DTZ001 - as hypothesis wants them
INSTANTS = st.datetimes(EARLIEST, LATEST, timezones=st.just(UTC))


def test_the_time_is_where_rfc_9562_prints_it() -> None:
    # Appendix A.6: 2022-02-22 14:22:22.00 -05:00 is 017F22E2-79B0-7...
    at = datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)
    assert str(uuid7(at, Random(1))).startswith("017f22e2-79b0-7000-")


@given(INSTANTS, st.integers())
def test_an_id_is_of_version_7_and_of_the_rfc_s_variant(at: datetime, seed: int) -> None:
    made = uuid7(at, Random(seed))
    assert (made.version, made.variant) == (7, RFC_4122)


@given(INSTANTS, st.timedeltas(timedelta(microseconds=1), timedelta(days=9)), st.integers())
def test_ids_sort_by_the_microsecond(at: datetime, later: timedelta, seed: int) -> None:
    random = Random(seed)
    assert uuid7(at, random).bytes < uuid7(at + later, random).bytes


def test_the_same_chance_gives_the_same_id_and_another_chance_another() -> None:
    at = datetime(2026, 3, 4, tzinfo=UTC)
    assert uuid7(at, Random(1)) == uuid7(at, Random(1)) != uuid7(at, Random(2))


@pytest.mark.parametrize(
    "at",
    [datetime(2026, 3, 4, tzinfo=timezone(timedelta(hours=-3))), datetime(1969, 1, 1, tzinfo=UTC)],
)
def test_another_zone_or_a_time_before_1970_is_refused(at: datetime) -> None:
    with pytest.raises(ValueError, match="an id is made"):
        uuid7(at, Random(1))
