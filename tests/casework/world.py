"""Invented units, officers, sightings and leads for the portal's tests."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from ipaddress import IPv6Address
from itertools import count
from uuid import UUID

from django.test import Client

from luzeiro.casework.leads.builder import build
from luzeiro.casework.leads.installs import appearances_from
from luzeiro.casework.leads.material import MaterialSighting, Place
from luzeiro.casework.leads.models import Lead
from luzeiro.casework.officers.models import Grant, Jurisdiction, Officer, Role, Unit
from luzeiro.casework.officers.views.sign_in import BACKEND
from luzeiro.observations.grade import Grade
from luzeiro.observations.installs import Appearance
from luzeiro.observations.record import Role as Shares
from luzeiro.observations.record import UserId

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
ARGENTINA = Place(country="AR", region="AR-C", asn=64_500, organisation="Invented", radius_km=20.0)
BRAZIL = Place(country="BR", region="BR-SP")
PASSWORD = "correct horse battery staple"
_numbers = count(1)


def unit(name: str = "Buenos Aires", *codes: str, sample: bool = False) -> Unit:
    made = Unit.objects.create(
        name=name,
        country="AR",
        contact=f"duty officer of {name}",
        sample=sample,
        time_zone="America/Argentina/Buenos_Aires",
    )
    Jurisdiction.objects.bulk_create(Jurisdiction(unit=made, code=code) for code in codes)
    return made


def officer(
    login: str, *roles: Role, of: Unit, trained_until: date | None = date(2100, 1, 1)
) -> Officer:
    """Somebody who may pass the gate, unless told otherwise."""
    made = Officer(
        login=login,
        name=login.title(),
        unit=of,
        created_at=NOW,
        agreed_at=NOW,
        trained_until=trained_until,
    )
    made.set_password(PASSWORD)
    made.save()
    Grant.objects.bulk_create(Grant(officer=made, role=role) for role in roles)
    return Officer.objects.get(pk=made.pk)


def signed_in(of: Officer, *, factor: bool = True, fresh: bool = True) -> Client:
    """A browser in which the officer has passed both halves of the sign-in."""
    client = Client()
    client.force_login(of, backend=BACKEND)
    session = client.session
    if factor:
        session["factor"] = "totp"
    if fresh:
        session["confirmed_at"] = datetime.now(UTC).timestamp()
    session.save()
    return client


def packed(address: str) -> bytes:
    return IPv6Address(f"::ffff:{address}" if "." in address else address).packed


def seen(
    address: str = "192.0.2.1",
    *,
    ago: timedelta = timedelta(),
    entry: int = 7,
    grade: Grade = Grade.STATED,
    place: Place = ARGENTINA,
    category: str = "caid-uk:A",
    share: Shares = Shares.SHARING_WHOLE,
    user_ids: tuple[UserId, ...] = (),
    clock_error_s: float | None = 0.1,
    source: bool = True,
    number: int | None = None,
) -> MaterialSighting:
    """One sighting, `ago` before NOW."""
    position = next(_numbers) if number is None else number
    return MaterialSighting(
        sighting_id=UUID(int=position), address=packed(address), port=40_000,
        port_is_source=source, network="bittorrent", seen_at=NOW - ago,
        clock_error_s=clock_error_s, identifier_kind="btih",
        identifier=b"\xee" * 16 + abs(entry).to_bytes(4, "big"), entry_id=entry, category=category,
        completeness=100.0, role=share, grade=grade, user_ids=user_ids, client="Invented 1.0",
        place=place, segment=b"\x01" * 32, position=position,
    )  # fmt: skip


class Heap:
    """Material from a list: each call of `seal` makes a segment."""

    def __init__(self, *sightings: MaterialSighting) -> None:
        self._segments: dict[bytes, list[MaterialSighting]] = {}
        if sightings:
            self.seal(*sightings)

    def seal(self, *sightings: MaterialSighting) -> None:
        self._segments[bytes([len(self._segments) + 1]) * 32] = list(sightings)

    def segments(self) -> list[bytes]:
        return list(self._segments)

    def addresses_in(self, segment: bytes) -> set[bytes]:
        return {one.address for one in self._segments[segment]}

    def sightings_of(self, addresses: Iterable[bytes]) -> Iterator[MaterialSighting]:
        wanted = set(addresses)
        for group in self._segments.values():
            yield from (one for one in group if one.address in wanted)

    def appearances_of(self, user_ids: Iterable[UserId]) -> Iterator[Appearance]:
        every = (one for group in self._segments.values() for one in group)
        yield from appearances_from(every, user_ids)

    def holders_of(self, entries: Iterable[int]) -> dict[int, int]:
        found: dict[int, set[bytes]] = defaultdict(set)
        for group in self._segments.values():
            for one in group:
                found[one.entry_id].add(one.address)
        return {entry: len(found[entry]) for entry in entries}

    def exchange(self, segment: bytes, position: int) -> bytes | None:  # noqa: ARG002
        return None


def a_lead(*sightings: MaterialSighting, at: datetime = NOW) -> Lead:
    """Build one address's sightings, and give its newest lead."""
    held = sightings or (seen(),)
    build({one.address for one in held}, Heap(*held), now=at)
    return Lead.objects.order_by("-last_seen_at").filter(
        address=str(IPv6Address(held[0].address).ipv4_mapped or IPv6Address(held[0].address))
    )[0]
