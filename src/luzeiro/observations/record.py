"""The record that a collector makes: what one endpoint said about one file, at one instant."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.grade import Control, Grade
from luzeiro.observations.identifiers import Identifier

# Among a sighting's doubts where nothing bounded our clock's error, or it was stepped a moment
# before. What carries it never enters a legal request: the instant decides who had an address.
CLOCK_DOUBTFUL = "clock doubtful"


class PortKind(StrEnum):
    """What the remote port is: where the party listens, or where its link to us came from."""

    LISTENING = "listening"
    SOURCE = "source"


class OpenedBy(StrEnum):
    US = "us"
    THEM = "them"
    NOBODY = "nobody"  # hearsay: no link was opened


class Role(StrEnum):
    """What the endpoint's own statement makes it, as far as it goes."""

    SHARING_WHOLE = "sharing the whole"
    DOWNLOADING_PART = "downloading a part"
    HOLDING_NONE = "holding none"
    UNKNOWN = "unknown"


class Bound(StrEnum):
    """How completeness is meant: a super-seeder, for one, says less than it holds."""

    EXACT = "exact"
    AT_LEAST = "at least"


@dataclass(frozen=True, slots=True)
class UserId:
    """An id that the remote party gave itself. `durable`: it outlives a session (not a peer_id)."""

    kind: str  # "peer_id", "user_hash", "secident_key", "guid"
    value: bytes
    durable: bool


@dataclass(frozen=True, slots=True)
class Witness:
    """Who told us of the endpoint, when, and whether the witness's node id fits its address."""

    endpoint: Endpoint
    means: str  # "dht", "pex", "kad", "server", "source exchange", "given" (by the operator)
    told_at: datetime
    node_id: bytes = b""
    id_fits_address: bool | None = None  # BEP 42, where the means has such a rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What was received about one endpoint and one watched file; never what it means.

    It says "this address stated that it holds 100 % of file F at this instant", never "this
    person distributed".
    """

    network: str
    remote: Endpoint
    port_kind: PortKind
    opened_by: OpenedBy
    own: Endpoint | None  # None for hearsay
    started_at: datetime  # UTC: when the link was opened, or the index asked
    seen_at: datetime  # UTC: when the bytes that decide the grade arrived
    identifier: Identifier  # as asked for, whole
    file_index: int | None  # the file's place in the torrent; None: the torrent as a whole
    size_bytes: int | None = None  # as the remote party advertised
    name: str | None = None  # as the remote party advertised
    completeness: float | None = None  # per cent, 0 to 100, of the file (or of the torrent)
    completeness_bound: Bound = Bound.EXACT
    role: Role = Role.UNKNOWN
    user_ids: tuple[UserId, ...] = ()
    client: str | None = None  # as claimed
    told_by: tuple[Witness, ...] = ()
    grade: Grade
    control: Control
    doubts: tuple[str, ...] = ()  # short phrases: "content sent unasked", "own clock stepped"
    exchange: bytes  # encoded raw exchange (exchange.py)

    def __post_init__(self) -> None:
        for name in ("started_at", "seen_at"):
            instant: datetime = getattr(self, name)
            if instant.utcoffset() != timedelta(0):
                raise ValueError(f"{name} must be in UTC, got {instant.isoformat()}")
        if self.grade is Grade.CORROBORATED:
            raise ValueError("a collector never claims that a sighting is corroborated")
        if self.completeness is not None and not 0 <= self.completeness <= 100:
            raise ValueError(f"completeness is 0 to 100 per cent, got {self.completeness}")


@dataclass(frozen=True, slots=True)
class Clock:
    """What bounds the error of our clock. `error_s` is None where nothing bounds it."""

    error_s: float | None
    source: str  # "ntp (adjtimex)", "undisciplined", ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """An observation of a watched identifier, with who recorded it and under which settings."""

    sighting_id: UUID  # version 7 (RFC 9562): sorts by time
    observation: Observation
    collector: UUID
    software: str  # "luzeiro 0.1.0"
    configuration_sha256: bytes
    watch_revision: str  # SHA-256 of the watch set, in hexadecimal
    clock: Clock
