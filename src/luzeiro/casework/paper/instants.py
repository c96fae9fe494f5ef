"""Instants as papers show them: UTC first, the local clock and its offset beside it, 24 hours.

The rules of time zones are those of the pinned `tzdata` package, whatever the machine's own are: a
country that changed its clocks last year must not depend on when a machine was last updated.
"""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import tzdata

RULES = f"IANA {tzdata.IANA_VERSION}"
# Before this a zone's offset may have had seconds, and nothing of ours is that old.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_ZONE = re.compile(r"(?:[A-Za-z_]+/)*[A-Za-z_+\-0-9]+")
_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}[+-]\d\d:\d\d")


@cache
def zone(name: str) -> tzinfo:
    """The rules of a zone.

    Raises:
        ValueError: no zone of that name.
    """
    if _ZONE.fullmatch(name) is None:
        raise ValueError(f"{name!r} is no time zone")
    place = files("tzdata").joinpath("zoneinfo", *name.split("/"))
    if not place.is_file():
        raise ValueError(f"{name!r} is no time zone of {RULES}")
    with place.open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def check(at: datetime) -> datetime:
    """Give an instant in UTC.

    Raises:
        ValueError: it has no offset, or lies before the year 2000.
    """
    if at.utcoffset() is None:
        raise ValueError(f"{at.isoformat()} has no offset from UTC")
    if at < EARLIEST:
        raise ValueError(f"{at.isoformat()} lies before {EARLIEST.year}")
    return at.astimezone(UTC)


def utc_text(at: datetime) -> str:
    """`2026-11-26T04:37:31.123456Z` (ISO 8601, RFC 3339)."""
    return check(at).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def local_text(at: datetime, name: str) -> str:
    """The same instant on a zone's clock: `2026-11-26T01:37:31.123456-03:00`."""
    return check(at).astimezone(zone(name)).isoformat(timespec="microseconds")


def parse_utc(text: str) -> datetime:
    """Read what `utc_text` wrote, and nothing looser.

    Raises:
        ValueError: not such a text.
    """
    if _UTC.fullmatch(text) is None:
        raise ValueError(f"{text!r} is not an instant as YYYY-MM-DDThh:mm:ss.ffffffZ")
    return check(datetime.fromisoformat(text[:-1]).replace(tzinfo=UTC))


def parse_local(text: str) -> datetime:
    """Read what `local_text` wrote; the offset in it decides, so no hour is ambiguous.

    Raises:
        ValueError: not such a text.
    """
    if _LOCAL.fullmatch(text) is None:
        raise ValueError(f"{text!r} is not an instant as YYYY-MM-DDThh:mm:ss.ffffff+hh:mm")
    return check(datetime.fromisoformat(text))


def parse_echo(text: str) -> datetime:
    """Read an instant that somebody else wrote: any ISO 8601, but never without an offset.

    Raises:
        ValueError: no instant, or one without an offset.
    """
    return check(datetime.fromisoformat(text.strip()))


def minutes_text(at: datetime, name: str) -> str:
    """An appointed hour on a zone's clock, to the minute: `2026-12-03 06:00 -03:00`."""
    there = check(at).astimezone(zone(name))
    return there.strftime("%Y-%m-%d %H:%M ") + there.isoformat()[-6:]


def clocks_change_near(at: datetime, name: str) -> bool:
    """Whether a zone's clocks are put forward or back within a day of an instant."""
    there = zone(name)
    offsets = {(at + timedelta(days=days)).astimezone(there).utcoffset() for days in (-1, 0, 1)}
    return len(offsets) > 1
