"""Whether a provider could name the subscriber, and if that is in doubt, why."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from luzeiro.casework.leads.material import MaterialSighting
from luzeiro.places.flags import Flag

CLOCK_ERROR_MOST_S = 5.0
RETENTION = timedelta(days=180)  # for want of the provider's own


class Doubt(StrEnum):
    """One reason for doubt."""

    NO_SOURCE_PORT = "no source port"
    CLOCK = "clock error not bounded"
    TOO_OLD = "past usual retention"
    SHARED = "shared address"
    ANONYMISING = "anonymising address"
    HOSTING = "hosting address"
    NO_PLACE = "no place known"


def doubts(sightings: Sequence[MaterialSighting], now: datetime) -> list[Doubt]:
    """Give every reason for doubt; none: resolvable, as far as we can tell."""
    flags = set[Flag]().union(*(one.place.flags for one in sightings))
    bounded = any(
        one.clock_error_s is not None and one.clock_error_s <= CLOCK_ERROR_MOST_S
        for one in sightings
    )
    found = {
        # A listening port names nobody behind a shared address; the source port does.
        Doubt.NO_SOURCE_PORT: not any(one.port_is_source for one in sightings),
        Doubt.CLOCK: not bounded,
        Doubt.TOO_OLD: now - max(one.seen_at for one in sightings) > RETENTION,
        Doubt.SHARED: Flag.CARRIER_GRADE_NAT in flags,
        Doubt.ANONYMISING: bool(flags & {Flag.VPN, Flag.TOR}),
        Doubt.HOSTING: Flag.HOSTING in flags,
        Doubt.NO_PLACE: not sightings[-1].place.country,
    }
    return [doubt for doubt, holds in found.items() if holds]


def is_fatal(found: Sequence[str]) -> bool:
    """Whether the doubts say that no subscriber can be named: a request would be in vain."""
    shared_without_port = Doubt.SHARED in found and Doubt.NO_SOURCE_PORT in found
    return shared_without_port or Doubt.ANONYMISING in found or Doubt.TOO_OLD in found
