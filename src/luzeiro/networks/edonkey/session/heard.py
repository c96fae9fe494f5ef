"""What indexes told of a file's sharers: Kad nodes, servers, other clients. All of it hearsay."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from luzeiro.networks.edonkey.wire.client import ExchangedSource
from luzeiro.networks.edonkey.wire.kad import KadSource, SourceType
from luzeiro.networks.edonkey.wire.server import ServerSource
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.exchange import Transcript

UNKNOWN_ADDRESS = bytes(4)  # of a LowID: only its server knows where it is


@dataclass(frozen=True, slots=True)
class ToldSource:
    """One sharer as one party told of it."""

    address: bytes  # compact: IPv4 and TCP port
    user_hash: bytes | None
    crypt: int  # 1: reads obfuscated links, 2: wants them, 4: takes no others
    size_bytes: int | None = None  # of the file, as told
    path: str = ""  # how it could be reached, where not at that address; "": it listens there

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint.from_compact(self.address)

    @property
    def is_open(self) -> bool:
        """Whether a link to it can be tried."""
        return not self.path and self.address[4:] != b"\0\0"


@dataclass(frozen=True, slots=True)
class Telling:
    """Who told, when, and the bytes of it."""

    teller: Endpoint
    means: str  # "kad", "server", "source exchange", "given"
    told_at_us: int
    asked_at_us: int
    transcript: Transcript | None
    node_id: bytes = b""


@dataclass(frozen=True, slots=True)
class HeardSource:
    """One sharer, with everybody who told of it, in order."""

    address: bytes
    told: tuple[tuple[ToldSource, Telling], ...]

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint.from_compact(self.address)

    @property
    def is_open(self) -> bool:
        return any(source.is_open for source, _ in self.told)

    @property
    def user_hashes(self) -> tuple[bytes, ...]:
        """The user hashes told, the one with most tellers first."""
        counts = Counter(one.user_hash for one, _ in self.told if one.user_hash is not None)
        return tuple(user_hash for user_hash, _ in counts.most_common())

    @property
    def crypt(self) -> int:
        """All that anybody said of obfuscation."""
        return _any_of(source.crypt for source, _ in self.told)

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(source.path for source, _ in self.told if source.path))


def _any_of(flags: Iterable[int]) -> int:
    together = 0
    for one in flags:
        together |= one
    return together


def from_kad(source: KadSource) -> ToldSource | None:
    """Read what a Kad node was told; None for a type that nobody can use."""
    if source.is_open:
        path = ""
    elif source.type == SourceType.DIRECT_CALLBACK:
        path = f"firewalled: takes calls by UDP at port {source.udp_port}"
    elif source.type in (SourceType.BUDDY, SourceType.BUDDY_LARGE):
        buddy = source.buddy
        where = f" {Endpoint.from_compact(buddy)}" if buddy is not None else ""
        path = f"firewalled: reached through its buddy{where}"
    else:
        return None
    crypt = source.crypt_options & 7
    return ToldSource(source.tcp, source.user_hash, crypt, source.size_bytes, path)


def from_server(source: ServerSource, server: Endpoint) -> ToldSource:
    """Read what a server told. Of a LowID it tells no address: only the server can reach it."""
    if source.is_low_id:
        path = f"firewalled: LowID {source.client_id} of server {server}"
        return ToldSource(UNKNOWN_ADDRESS + bytes(2), source.user_hash, source.crypt, None, path)
    return ToldSource(source.address, source.user_hash, source.crypt)


def from_exchange(source: ExchangedSource) -> ToldSource:
    """Read what another client told."""
    if source.is_low_id:
        server = Endpoint.from_compact(source.server)
        path = f"firewalled: LowID {source.client_id} of server {server}"
        address = UNKNOWN_ADDRESS + bytes(2)
        return ToldSource(address, source.user_hash, int(source.crypt), None, path)
    return ToldSource(source.address, source.user_hash, int(source.crypt))


def by_address(told: Iterable[tuple[ToldSource, Telling]]) -> tuple[HeardSource, ...]:
    """Gather who told what by the sharer, in the order in which sharers were first named.

    Where the address is not known, each path is a sharer of its own.
    """
    gathered: dict[tuple[bytes, str], list[tuple[ToldSource, Telling]]] = {}
    for source, telling in told:
        path = source.path if source.address[:4] == UNKNOWN_ADDRESS else ""
        gathered.setdefault((source.address, path), []).append((source, telling))
    return tuple(
        HeardSource(address, tuple(all_told)) for (address, _), all_told in gathered.items()
    )
