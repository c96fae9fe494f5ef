"""Which sightings a provider can be asked about, which not, and why not.

A request that holds one sighting too many can name a family that has nothing to do with it. So what
enters is decided here and nowhere else, sighting by sighting, and each that stays out has a reason.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address
from uuid import UUID

from luzeiro.casework.paper.instants import check

CLOCK_ERROR_MOST_S = 5.0
USUAL_RETENTION = timedelta(days=180)  # where neither the provider nor the country says
LEAST, MOST = 2, 10  # lines of one request: two where they exist, ten at most
_ENOUGH = frozenset({"stated", "corroborated"})


class Reason(StrEnum):
    """Why a sighting stays out of a request."""

    RECALLED = "recalled"
    TOO_WEAK = "too weak"
    NO_PORT = "no port"
    CLOCK = "clock error not bounded"
    NOT_ROUTED = "address not routed"
    ANONYMISING = "anonymising address"
    HOSTING = "hosting address"
    SHARED = "shared address, ports not kept"
    LISTENING = "shared address, source port not known"
    FUTURE = "instant in the future"
    TOO_OLD = "past retention"
    GONE = "no longer among the lead's records"
    NOT_NEEDED = "not needed"  # it could enter: enough others do


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A sighting of a lead, as far as a request needs it."""

    sighting_id: UUID
    address: str
    port: int
    port_is_source: bool
    seen_at: datetime  # UTC
    clock_error_s: float | None
    grade: str
    recalled: bool = False

    def __post_init__(self) -> None:
        check(self.seen_at)
        if not 0 <= self.port <= 65_535:
            raise ValueError(f"a port is 0 to 65535, got {self.port}")
        if str(ip_address(self.address)) != self.address:
            raise ValueError(f"{self.address} is not written as {ip_address(self.address)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What bears on every sighting of one address at one provider."""

    shared: bool  # carrier-grade NAT
    anonymising: bool  # a VPN or Tor
    hosting: bool
    keeps_ports: bool  # the provider says that it keeps which port was whose
    retention: timedelta
    now: datetime


@dataclass(frozen=True, slots=True)
class Choice:
    """What enters, oldest first, and each that does not with its reason."""

    chosen: tuple[Candidate, ...]
    left_out: tuple[tuple[Candidate, Reason], ...]

    def reasons(self) -> dict[Reason, int]:
        """How many stayed out for each reason, in the order of the reasons."""
        found = [reason for _, reason in self.left_out]
        return {reason: found.count(reason) for reason in Reason if reason in found}


def objection(one: Candidate, told: Circumstances) -> Reason | None:
    """Say why a sighting is not resolvable; None: the provider could name the subscriber.

    An address that one subscriber has at a time is resolved by the instant alone, and any port of
    it will do. A shared one is resolved only by the source port, at a provider that keeps ports.
    """
    found = {
        Reason.RECALLED: one.recalled,
        Reason.TOO_WEAK: one.grade not in _ENOUGH,
        Reason.NO_PORT: one.port == 0,
        Reason.CLOCK: one.clock_error_s is None or not 0 <= one.clock_error_s <= CLOCK_ERROR_MOST_S,
        Reason.NOT_ROUTED: not _could_be_routed(one.address),
        Reason.ANONYMISING: told.anonymising,
        Reason.HOSTING: told.hosting,
        Reason.LISTENING: told.shared and not one.port_is_source,
        Reason.SHARED: told.shared and not told.keeps_ports,
        Reason.FUTURE: one.seen_at > told.now,
        Reason.TOO_OLD: told.now - one.seen_at >= told.retention,
    }
    return next((reason for reason, holds in found.items() if holds), None)


def choose(candidates: Iterable[Candidate], told: Circumstances, *, most: int = MOST) -> Choice:
    """Choose the sightings of a request: from as many days as there are, the newest first."""
    chosen: list[Candidate] = []
    left_out: list[tuple[Candidate, Reason]] = []
    able: list[Candidate] = []
    for one in sorted(candidates, key=lambda one: (one.seen_at, one.sighting_id)):
        reason = objection(one, told)
        if reason is None:
            able.append(one)
        else:
            left_out.append((one, reason))
    wanted = set(_spread(able, most))
    for one in able:
        if one.sighting_id in wanted:
            chosen.append(one)
        else:
            left_out.append((one, Reason.NOT_NEEDED))
    return Choice(tuple(chosen), tuple(left_out))


def _spread(able: Sequence[Candidate], most: int) -> list[UUID]:
    """The newest of each day, newest day first; then, up to two, whatever is left."""
    newest_of_day = {one.seen_at.date(): one.sighting_id for one in able}
    days = [newest_of_day[day] for day in sorted(newest_of_day, reverse=True)]
    rest = [one.sighting_id for one in reversed(able) if one.sighting_id not in set(days)]
    return [*days[:most], *rest[: max(0, LEAST - len(days))]]


def _could_be_routed(address: str) -> bool:
    # The documentation ranges count: samples and tests are made of them.
    told = ip_address(address)
    return not (
        told.is_loopback or told.is_link_local or told.is_multicast or told.is_unspecified
        or (told.is_private and not _is_documentation(address))
    )  # fmt: skip


def _is_documentation(address: str) -> bool:
    # RFC 5737, RFC 3849, RFC 9637.
    return address.startswith(("192.0.2.", "198.51.100.", "203.0.113.", "2001:db8:", "3fff:"))
