"""Ids that sort by time (RFC 9562, version 7). Pure: the instant and the chance are given."""

from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def uuid7(at: datetime, random: Random) -> UUID:
    """Make an id for the instant `at`, with 62 random bits.

    The 12 bits of `rand_a` carry the fraction of the millisecond (RFC 9562 section 6.2, method 3),
    so ids sort by the microsecond; within one, by chance.

    Raises:
        ValueError: `at` is not in UTC, or before 1970.
    """
    if at.utcoffset() != timedelta(0):
        raise ValueError(f"an id is made for an instant in UTC, got {at.isoformat()}")
    milliseconds, microseconds = divmod((at - _EPOCH) // _MICROSECOND, 1000)
    if milliseconds < 0:
        raise ValueError(f"an id is made for an instant since 1970, got {at.isoformat()}")
    fraction = (microseconds << 12) // 1000
    return UUID(
        int=milliseconds << 80 | 7 << 76 | fraction << 64 | 0b10 << 62 | random.getrandbits(62)
    )
