"""What must hold before a door is opened: each check says whether it does, and none is implied."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum


class Check(StrEnum):
    """One thing that must hold before the day."""

    FRESH = "fresh sighting"
    RETURN = "return checked"
    ORDER = "order number and expiry"
    DECONFLICTED = "nobody else works the address"
    PEOPLE = "people at risk noted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a target, as far as the checks ask."""

    last_seen_at: datetime
    standing: bool  # the lead was neither recalled nor merged
    usable_return: bool  # of a subscriber request: echoed, and disagreeing with no other
    blocked_or_disagreeing: bool  # the newest return is not to be used
    order_number: str
    order_expires_on: date | None  # the last day on which it may be carried out, local
    worked_elsewhere: bool
    twice_in_operation: bool  # another target is the same address
    people_noted: bool  # somebody wrote down who is at risk there, or that nobody is known to be


def failing(facts: Facts, *, at: datetime, fresh: timedelta, zone: tzinfo) -> list[Check]:
    """Give every check that does not hold for a search at an instant; none: ready.

    Args:
        facts: what is known.
        at: the hour of the search, or now where none is fixed.
        fresh: how old the last sighting may be at that hour.
        zone: the target's own; an order expires on its day.
    """
    expires = facts.order_expires_on
    holds = {
        Check.FRESH: facts.standing and timedelta() <= at - facts.last_seen_at <= fresh,
        Check.RETURN: facts.usable_return and not facts.blocked_or_disagreeing,
        Check.ORDER: bool(facts.order_number.strip())
        and expires is not None
        and at.astimezone(zone).date() <= expires,
        Check.DECONFLICTED: not facts.worked_elsewhere and not facts.twice_in_operation,
        Check.PEOPLE: facts.people_noted,
    }
    return [check for check in Check if not holds[check]]
