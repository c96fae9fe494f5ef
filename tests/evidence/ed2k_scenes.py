"""Sightings of eD2k and Kad: the sessions that observe, fed with what aMule sent."""

import hashlib
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from luzeiro.evidence.verifier.rc4 import Rc4
from luzeiro.networks.edonkey.observe import SharerTurn, observe
from luzeiro.networks.edonkey.session.heard import (
    Telling,
    ToldSource,
    by_address,
    from_exchange,
    from_kad,
    from_server,
)
from luzeiro.networks.edonkey.session.inquiry import Asking, Inquiry
from luzeiro.networks.edonkey.session.link import ClientLink, LinkChance, LinkSettings
from luzeiro.networks.edonkey.watch import WatchedEd2kFile
from luzeiro.networks.edonkey.wire import kad
from luzeiro.networks.edonkey.wire.obfuscation import ObfuscatedDatagram
from luzeiro.networks.edonkey.wire.server import GetSources, GlobGetSources, ServerSource
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.exchange import Direction, Frame, Purpose, Transcript
from luzeiro.observations.record import Observation
from tests.networks.edonkey import answers
from tests.vectors import vector

CLIENT, KAD = "edonkey/client/amule-", "edonkey/kad/amule-"
CONTROL = b"\xc0" * 16  # asked about beside the file when the vectors were recorded
OWN, NODE = Endpoint.parse("192.0.2.1", 40000), Endpoint.parse("203.0.113.9", 4672)
SERVER = Endpoint.parse("203.0.113.5", 4661)
OTHER = Endpoint.parse("198.51.100.9", 4662)
AT_S = 1_772_600_767.0
AT_US = round(AT_S * 1e6)
Respond = Callable[[ClientLink], None]


def _found() -> kad.SearchRes:
    message = kad.decode(vector(KAD + "search-res"))
    assert isinstance(message, kad.SearchRes)
    return message


FOUND = _found()  # what the lab's node told of the lab's file
SOURCE = FOUND.sources[1]  # the client of the obfuscated vector
PEER = Endpoint.from_compact(SOURCE.tcp)
FILE = WatchedEd2kFile(FOUND.target, SOURCE.size_bytes)


@dataclass(frozen=True, slots=True)
class Scene:
    """One client asked about one file."""

    observation: Observation

    @property
    def watched(self) -> dict[str, object]:
        """The file's line of a package's catalogue."""
        return {"size_bytes": FILE.size_bytes}


def says(data: bytes) -> Respond:
    """A client that sends these bytes, and is then heard out."""

    def respond(link: ClientLink) -> None:
        link.receive(data, 1.0)
        link.expire(99.0)

    return respond


def says_and_closes(data: bytes) -> Respond:
    def respond(link: ClientLink) -> None:
        if data:
            link.receive(data, 1.0)
        link.closed(2.0)

    return respond


def stays_silent(link: ClientLink) -> None:
    link.expire(99.0)


def asked(
    *respond: Respond, peer: Endpoint = PEER, user_hash: bytes | None = None, crypt: int = 0
) -> Inquiry:
    """Ask a client as the room does; it answers each link in turn."""
    asking = Asking(peer, FILE.digest, CONTROL, user_hash=user_hash, crypt=crypt)
    for number, one in enumerate(respond):
        plan = asking.next_plan()
        assert plan is not None
        chance = LinkChance(b"u" * 16, False, b"\x01\x02\x03\x04", 0x77, b"pad", b"abcd")
        link = ClientLink(plan, chance, LinkSettings(), AT_S)
        link.opened(0.0)
        one(link)
        asking.ended(link, Endpoint(OWN.packed, OWN.port + number))
    return asking.result(AT_US)


def told_by_kad(
    answer: bytes = vector(KAD + "search-res-packed"), *, hidden: bool = False
) -> tuple[ToldSource, Telling]:
    """What the lab's Kad node told of the client, with both datagrams."""
    question = kad.SearchSourceReq(FILE.digest, FILE.size_bytes or 0).encode()
    secret = b"\x11\x22\x33\x44" if hidden else b""
    if hidden:
        question = ObfuscatedDatagram(question, FOUND.node_id, b"\x01\x02", 0x14, secret).encode()
        answer = _hidden(answer, secret)
    frames = (
        Frame(Direction.SENT, AT_US, question),
        Frame(Direction.RECEIVED, AT_US + 5000, answer),
    )
    transport = "udp+obfuscated" if hidden else "udp"
    transcript = Transcript(Purpose.INDEX, transport, str(OWN), str(NODE), frames, secret)
    source = from_kad(SOURCE)
    assert source is not None
    return source, Telling(NODE, "kad", AT_US + 5000, AT_US, transcript, FOUND.node_id)


def _hidden(packet: bytes, key: bytes) -> bytes:
    """As a node hides its answer: with the verify key that we gave it, here 4 bytes of padding."""
    key_part = b"\x03\x04"
    digest = hashlib.md5(key + key_part, usedforsecurity=False).digest()
    plain = struct.pack("<IB", 0x395F2EC1, 4) + b"pad." + bytes(8) + packet
    return b"\x18" + key_part + Rc4(digest, dropped=0).apply(plain)


def told_by_server(*, udp: bool = False, low_id: bool = False) -> tuple[ToldSource, Telling]:
    host = b"\x07\0\0\0" if low_id else PEER.compact[:4]
    port = struct.pack("<H", 0 if low_id else PEER.port)
    body = FILE.digest + b"\x01" + host + port
    if udp:
        question = GlobGetSources([(FILE.digest, FILE.size_bytes), (b"\x22" * 16, 5)]).encode()
        answer = b"\xe3\x9b" + body
    else:
        question = GetSources(FILE.digest, FILE.size_bytes).encode()
        answer = answers.packet(answers.EDONKEY, 0x42, body)
    frames = (
        Frame(Direction.SENT, AT_US, question),
        Frame(Direction.RECEIVED, AT_US + 7000, answer),
    )
    transport = "udp" if udp else "tcp"
    transcript = Transcript(Purpose.INDEX, transport, str(OWN), str(SERVER), frames)
    source = ServerSource(int.from_bytes(host, "little"), int.from_bytes(port, "little"))
    return from_server(source, SERVER), Telling(SERVER, "server", AT_US + 7000, AT_US, transcript)


def told_by_client() -> tuple[ToldSource, Telling]:
    """Another client, asked about the same file, that names this one."""
    told = answers.sources(FILE.digest, answers.source(PEER.compact[:4], PEER.port))
    inquiry = asked(says(vector(CLIENT + "whole") + told), peer=OTHER)
    ((source, told_at_us),) = inquiry.sources
    transcript = replace(inquiry.transcripts[-1], purpose=Purpose.INDEX)
    return from_exchange(source), Telling(OTHER, "source exchange", told_at_us, AT_US, transcript)


def scene(inquiry: Inquiry | None, *told: tuple[ToldSource, Telling]) -> Scene:
    (source,) = by_address(told or (told_by_kad(),))
    return Scene(observe(SharerTurn(source, inquiry), FILE))


def whole() -> Scene:
    return scene(asked(says(vector(CLIENT + "whole"))))


def part() -> Scene:
    return scene(asked(says(vector(CLIENT + "part"))))


def without() -> Scene:
    return scene(asked(says(vector(CLIENT + "without"))))


def obfuscated() -> Scene:
    """A client that closes plain links, and answers obfuscated ones."""
    links = (says_and_closes(b""), says(vector(CLIENT + "obfuscated")))
    return scene(asked(*links, user_hash=SOURCE.user_hash), told_by_kad(hidden=True))


def liar() -> Scene:
    """A client that shares whatever it is asked for."""
    claims = answers.status(CONTROL) + answers.no_file(CONTROL)
    return scene(asked(says(vector(CLIENT + "whole")[:-22] + claims)))


def packed_liar() -> Scene:
    """The same, in a packed multipacket."""
    claim = zlib.compress(CONTROL + b"\x50\0\0")
    packed = struct.pack("<BIB", 0xD4, len(claim) + 1, 0x93) + claim
    return scene(asked(says(vector(CLIENT + "whole")[:-22] + packed)))


def withheld() -> Scene:
    """A client that greets, and closes before it answers."""
    hello = answers.hello_answer(SOURCE.user_hash)
    return scene(asked(says_and_closes(hello)))


def unanswered() -> Scene:
    """A client that never answers the control question."""
    told = answers.hello_answer(SOURCE.user_hash) + answers.status(FILE.digest)
    return scene(asked(says(told)))


def unreachable() -> Scene:
    return scene(asked(stays_silent))


def heard_of() -> Scene:
    return scene(None, told_by_kad(vector(KAD + "search-res")), told_by_server(), told_by_client())


def heard_by_udp() -> Scene:
    return scene(None, told_by_server(udp=True))


def low_id() -> Scene:
    return scene(None, told_by_server(low_id=True))


ALL: dict[str, Callable[[], Scene]] = {
    "whole": whole,
    "part": part,
    "without": without,
    "obfuscated": obfuscated,
    "liar": liar,
    "packed liar": packed_liar,
    "withheld": withheld,
    "unanswered": unanswered,
    "unreachable": unreachable,
    "heard of": heard_of,
    "heard by udp": heard_by_udp,
    "low id": low_id,
}
