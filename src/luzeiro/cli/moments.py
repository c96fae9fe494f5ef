"""Instants as people type them: 2026-03-04, 2026-03-04T05:06:07Z, 3d (that long ago)."""

import re
from datetime import UTC, datetime, timedelta

_AGO = re.compile(r"(\d{1,6})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
FORMS = "an ISO date or instant (2026-03-04, 2026-03-04T05:06:07Z) or an age (90m, 2h, 3d)"


def parse_moment(text: str, now: datetime) -> datetime:
    """Read an instant; without a zone it is in UTC, and a date is its first instant.

    Raises:
        ValueError: none of the forms, or an instant that no calendar has.
    """
    try:
        if ago := _AGO.fullmatch(text):
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        at = datetime.fromisoformat(text)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{text!r} is not {FORMS}") from error
