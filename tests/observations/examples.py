"""Example records in documentation ranges, for any test that needs one."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from luzeiro.observations import exchange
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.grade import Control, Grade
from luzeiro.observations.identifiers import Identifier, IdentifierKind
from luzeiro.observations.record import (
    Clock,
    Observation,
    OpenedBy,
    PortKind,
    Role,
    Sighting,
    UserId,
    Witness,
)

PEER = Endpoint.parse("198.51.100.7", 51413)
US = Endpoint.parse("192.0.2.1", 40000)
NODE = Endpoint.parse("203.0.113.9", 6881)
BTIH = Identifier(IdentifierKind.BTIH, bytes(range(20)))
AT = datetime(2026, 3, 4, 5, 6, 7, 890123, tzinfo=UTC)
RAW = exchange.encode(
    [
        exchange.Transcript(
            exchange.Purpose.STATEMENT,
            "tcp",
            str(US),
            str(PEER),
            (exchange.Frame(exchange.Direction.SENT, 1_772_600_767_890_123, b"hello"),),
        )
    ]
)


def observation(**changes: Any) -> Observation:  # Any: whichever fields a test wants to change
    """A full seeder's statement, with `changes`."""
    usual = Observation(
        network="bittorrent",
        remote=PEER,
        port_kind=PortKind.LISTENING,
        opened_by=OpenedBy.US,
        own=US,
        started_at=AT,
        seen_at=AT,
        identifier=BTIH,
        file_index=0,
        completeness=100.0,
        role=Role.SHARING_WHOLE,
        user_ids=(UserId("peer_id", b"-XX0000-abcdefghijkl", durable=False),),
        client="Example 1.0",
        told_by=(Witness(NODE, "dht", AT, bytes(20), id_fits_address=False),),
        grade=Grade.STATED,
        control=Control.REFUSED,
        exchange=RAW,
    )
    return replace(usual, **changes)


def sighting(number: int = 0, **changes: Any) -> Sighting:  # Any: see `observation`
    """A sighting whose id says `number`."""
    return Sighting(
        sighting_id=UUID(int=(7 << 76) | (2 << 62) | number),
        observation=observation(**changes),
        collector=UUID(int=1),
        software="luzeiro test",
        configuration_sha256=bytes(32),
        watch_revision="00" * 32,
        clock=Clock(0.02, "ntp (adjtimex)"),
    )
