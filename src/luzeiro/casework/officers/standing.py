"""Whether an officer may pass the gate, and if not, what is missing first."""

from datetime import date, datetime, timedelta
from enum import Enum

from luzeiro.casework.officers.models import Officer, Role

# Who sees case data, or who saw it: these need a valid certificate. The first administrator and
# the first trainer cannot have one, and see none.
TRAINED = frozenset(
    {Role.INVESTIGATOR, Role.SUPERVISOR, Role.COORDINATOR, Role.CURATOR, Role.AUDITOR}
)
# How long a shown second factor lets weighty deeds through.
FRESH = timedelta(minutes=10)


class Standing(Enum):
    """What stands between an officer and her work; ADMITTED: nothing."""

    SECOND_FACTOR = "second factor"
    AGREEMENT = "agreement"
    TRAINING = "training"
    ADMITTED = "admitted"


def standing(officer: Officer, *, has_second_factor: bool, today: date) -> Standing:
    """Say what is missing first."""
    if not has_second_factor:
        return Standing.SECOND_FACTOR
    if officer.agreed_at is None:
        return Standing.AGREEMENT
    if officer.roles & TRAINED and not is_trained(officer, today):
        return Standing.TRAINING
    return Standing.ADMITTED


def is_trained(officer: Officer, today: date) -> bool:
    """Whether the newest certificate still counts; it counts on its last day."""
    return officer.trained_until is not None and officer.trained_until >= today


def is_fresh(confirmed_at: float, now: datetime) -> bool:
    """Whether the second factor was shown lately; `confirmed_at` in seconds since 1970."""
    return now.timestamp() - confirmed_at <= FRESH.total_seconds()
