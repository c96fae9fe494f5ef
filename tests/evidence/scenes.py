"""Sightings of real bytes: the sessions that observe, fed with what real clients sent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Protocol
from uuid import UUID

from luzeiro.networks.bittorrent.observe import PeerTurn, observe, utc
from luzeiro.networks.bittorrent.session.inquiry import Asking, Inquiry
from luzeiro.networks.bittorrent.session.link import LinkChance, LinkPlan, LinkSettings, PeerLink
from luzeiro.networks.bittorrent.watch import WatchedFile
from luzeiro.networks.bittorrent.wire import krpc, mse
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.exchange import Direction, Frame, Purpose, Transcript
from luzeiro.observations.identifiers import Identifier, IdentifierKind
from luzeiro.observations.record import Clock, Observation, Sighting, Witness
from tests.vectors import headers, vector

PEERWIRE = "bittorrent/peerwire/libtorrent-2.1.1-"
PEER, OWN = Endpoint.parse("198.51.100.7", 51413), Endpoint.parse("192.0.2.1", 40000)
NODE = Endpoint.parse("203.0.113.9", 6881)
COUNT = 41  # pieces of the torrent in most vectors
FILE = WatchedFile(0, 0, 20, 0, 19)
AT_S = 1_772_600_767.0  # 2026-03-04
COLLECTOR = UUID(int=1)
_ports = count(40000)  # each link has its own
Respond = Callable[[PeerLink], None]  # what the peer does once the link is open


class Observed(Protocol):
    """A scene of any network."""

    @property
    def observation(self) -> Observation: ...


@dataclass(frozen=True, slots=True)
class Scene:
    """One peer asked about one file."""

    infohash: bytes
    observation: Observation

    @property
    def watched(self) -> dict[str, object]:
        """The file's map, as a package's catalogue has it."""
        return {
            "infohashes": [self.infohash.hex()],
            "piece_count": COUNT,
            "first_piece": FILE.first_piece,
            "last_piece": FILE.last_piece,
            "first_own": FILE.first_own,
            "last_own": FILE.last_own,
        }


def says(data: bytes) -> Respond:
    """A peer that sends these bytes, and is then heard out."""

    def respond(link: PeerLink) -> None:
        link.receive(data, 1.0)
        link.expire(9.0)

    return respond


def closes(link: PeerLink) -> None:
    link.closed(1.0)


def stays_silent(link: PeerLink) -> None:
    link.expire(9.0)


def echoes(link: PeerLink) -> None:
    """Accept whatever is asked for."""
    sent = b"".join(frame.data for frame in link.frames)
    link.receive(sent[:48] + b"-XX0000-invented-id.", 1.0)


def told_of(peer: Endpoint, infohash: bytes) -> tuple[Witness, Transcript]:
    """A DHT node that names a peer, with both datagrams."""
    query = krpc.GetPeers(b"\x01\x02\x03\x04", bytes(20), infohash).encode()
    values = b"6:" + peer.compact
    reply = b"d1:rd2:id20:" + b"n" * 20 + b"6:valuesl" + values + b"ee1:t4:\x01\x02\x03\x041:y1:re"
    at_us = round(AT_S * 1e6)
    frames = (Frame(Direction.SENT, at_us, query), Frame(Direction.RECEIVED, at_us + 5000, reply))
    witness = Witness(NODE, "dht", utc(at_us + 5000), b"n" * 20, id_fits_address=False)
    return witness, Transcript(Purpose.INDEX, "udp", "", str(NODE), frames)


def asked(
    infohash: bytes,
    answers: Sequence[Respond],
    *,
    secret: int = 0,
    peer: Endpoint = PEER,
    encrypted: bool = False,
) -> Scene:
    """Ask a peer as the room does; it answers each link in turn."""
    plan = LinkPlan(Purpose.STATEMENT, infohash, encrypted=encrypted, piece_count=COUNT)
    asking = Asking(peer, plan, b"\xc0" * 20)
    for respond in answers:
        next_plan = asking.next_plan()
        assert next_plan is not None
        chance = LinkChance(b"-XX0000-invented-us.", secret or 5, b"pad")
        link = PeerLink(next_plan, chance, LinkSettings(), AT_S)
        link.opened(0.0)
        respond(link)
        asking.ended(link, Endpoint(OWN.packed, next(_ports)))
    return Scene(infohash, _observed(infohash, peer, asking.result(round(AT_S * 1e6))))


def heard_of(infohash: bytes, peer: Endpoint = PEER) -> Scene:
    """A peer that a node named, and that nobody could reach."""
    return Scene(infohash, _observed(infohash, peer, None))


def _observed(infohash: bytes, peer: Endpoint, inquiry: Inquiry | None) -> Observation:
    witness, hearsay = told_of(peer, infohash)
    identifier = Identifier(IdentifierKind.BTIH, infohash)
    turn = PeerTurn(peer, identifier, (witness,), (hearsay,), round(AT_S * 1e6), inquiry)
    (observation,) = observe(turn, [FILE], COUNT)
    return observation


def infohash_of(name: str) -> bytes:
    return vector(PEERWIRE + name)[28:48]


def seeder() -> Scene:
    return asked(infohash_of("seeder"), [says(vector(PEERWIRE + "seeder")), closes])


def partial() -> Scene:
    return asked(infohash_of("partial"), [says(vector(PEERWIRE + "partial")), closes])


def super_seeder() -> Scene:
    return asked(infohash_of("super-seeder"), [says(vector(PEERWIRE + "super-seeder")), closes])


def liar() -> Scene:
    return asked(infohash_of("seeder"), [says(vector(PEERWIRE + "seeder")), echoes])


def unanswered() -> Scene:
    return asked(infohash_of("seeder"), [says(vector(PEERWIRE + "seeder")), stays_silent])


def encrypted_seeder() -> Scene:
    """A seeder that closes plain links, and answers encrypted ones."""
    told = headers(PEERWIRE + "mse")
    secret, infohash = (bytes.fromhex(told[name]) for name in ("secret", "infohash"))

    def closes_after_its_key(link: PeerLink) -> None:
        key = pow(mse.GENERATOR, 12345, mse.PRIME).to_bytes(mse.KEY_BYTES, "big")
        link.receive(key, 1.0)
        link.closed(1.1)

    return asked(
        infohash,
        [closes, says(vector(PEERWIRE + "mse")), closes_after_its_key],
        secret=int.from_bytes(secret, "big"),
    )


ALL: dict[str, Callable[[], Scene]] = {
    "seeder": seeder,
    "partial": partial,
    "super-seeder": super_seeder,
    "liar": liar,
    "unanswered": unanswered,
    "encrypted seeder": encrypted_seeder,
    "heard of": lambda: heard_of(infohash_of("seeder")),
}


def sighting_of(scene: Observed, number: int, **changes: object) -> Sighting:
    """A sighting of a scene, with `changes` to its observation."""
    return Sighting(
        sighting_id=UUID(int=(7 << 76) | (2 << 62) | number),
        observation=replace(scene.observation, **changes),  # type: ignore[arg-type]  # by name
        collector=COLLECTOR,
        software="luzeiro test",
        configuration_sha256=bytes(32),
        watch_revision="00" * 32,
        clock=Clock(0.02, "ntp (adjtimex)"),
    )
