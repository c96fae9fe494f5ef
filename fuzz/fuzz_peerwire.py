"""Fuzz the peer wire: any bytes give messages or a WireError, in one chunk or in many.

What begins as a handshake goes through a whole link. What begins as a dictionary goes through the
extension messages and the metainfo readers. Anything else goes through an encrypted link. What a
link must keep to whatever it is sent is asserted: it never says more than it may, ends within its
deadlines, comes to the same in any chunks, and keeps no byte that follows a piece's header.

python -m fuzz.fuzz_peerwire [--inputs N] [--seed N]
"""

from collections.abc import Callable, Iterable

from fuzz.mutate import main
from luzeiro.networks.bittorrent.session.link import (
    HEARD_LIMIT,
    LinkChance,
    LinkPlan,
    LinkSettings,
    PeerLink,
)
from luzeiro.networks.bittorrent.wire import bencode, extension, metainfo, mse
from luzeiro.networks.bittorrent.wire.peerwire import HANDSHAKE_BYTES, Extended, Stream
from luzeiro.networks.kit.errors import WireError
from luzeiro.observations.exchange import Direction, Purpose
from tests.networks.bittorrent.wire.responder import Responder
from tests.networks.bittorrent.wire.torrents import info_dict, leaf, v2_info
from tests.vectors import headers, names, vector

PIECE_COUNT = 41
SETTINGS = LinkSettings()
# A short key, so that an input costs microseconds: the fuzzer tries the reading, not the secret.
CHANCE = LinkChance(b"\x22" * 20, private_key=5)
LINKS = [
    vector(name)
    for name in names("bittorrent/peerwire")
    if headers(name).get("part", "link") == "link"
]
INFOHASH = LINKS[0][28:48]
_MESSAGES_SAID = {15, 20}  # HAVE_NONE, and the extension protocol


def encrypted(payload: bytes, pad: int, select: int) -> bytes:
    """What a peer sends over an encrypted link to us, with this payload in it."""
    them = Responder(
        INFOHASH, 7, select=select, pad_b=bytes(pad), pad_d=bytes(pad), payload=payload
    )
    us = mse.Initiator(INFOHASH, CHANCE.private_key, b"", b"")
    answer = them.receive(us.opening())
    return answer + them.receive(us.receive(answer)[0])


def seeds() -> list[bytes]:
    plain = [data[:28] + INFOHASH + data[48:] for data in LINKS]
    pex = b"d5:added12:\xc0\x00\x02\x01\x1a\xe1\xc0\x00\x02\x02\x1a\xe16:added618:" + bytes(18)
    plain.append(
        plain[0] + _framed(b"\x14\x01" + pex + b"e") + _framed(b"\x07" + bytes(8) + b"content")
    )
    plain.append(plain[0][:HANDSHAKE_BYTES] + _framed(b"\x05" + b"\xff" * 5 + b"\x80"))
    files: list[bencode.Encodable] = [
        {b"length": 9000, b"path": [b"a", b"b"]},
        {b"length": 9000, b"path": [b"c"]},
    ]
    info = info_dict(length=None, files=files)
    dictionaries = [
        *(info_dict(), info, v2_info({b"a": leaf(70_000), b"b": {b"c": leaf(1)}})),
        *(b"d4:info" + info + b"e", pex + b"e"),
        b"d8:msg_typei1e5:piecei0e10:total_sizei20ee" + bytes(20),
        b"d1:md11:ut_metadatai3e6:ut_pexi1ee13:metadata_sizei31235e1:pi6881e1:v1:xe",
    ]
    ciphers = [encrypted(plain[-2], pad, each) for pad, each in ((0, mse.RC4), (60, mse.PLAINTEXT))]
    return plain + dictionaries + ciphers * 2


def _framed(message: bytes) -> bytes:
    return len(message).to_bytes(4, "big") + message


def target(data: bytes) -> object:
    if data.startswith(b"\x13"):
        return read_link(data, encrypted=False)
    if data.startswith(b"d"):
        return read_dictionary(data)
    return read_link(data, encrypted=True)


def read_dictionary(data: bytes) -> object:
    readers: Iterable[Callable[[bytes], object]] = (
        *(extension.decode_handshake, extension.decode_metadata, extension.decode_pex),
        *(metainfo.parse_torrent, metainfo.parse_info),
    )
    read, last = [], WireError("nobody reads it", at=0, spec="")
    for reader in readers:
        try:
            read.append(reader(data))
        except WireError as error:
            last = error
    if not read:
        raise last
    return read


def read_link(data: bytes, *, encrypted: bool) -> object:
    plan = LinkPlan(
        *(Purpose.STATEMENT, INFOHASH, encrypted),
        piece_count=PIECE_COUNT if len(data) % 2 else None,
        want_metadata=len(data) % 3 == 0,
    )
    third = max(1, len(data) // 3)
    whole = _heard_out(plan, [data])
    parts = _heard_out(plan, [data[at : at + third] for at in range(0, len(data), third)])
    assert _came_of(whole) == _came_of(parts)
    _check(whole, data)
    _check(parts, data)
    if whole.statement is None or whole.fault is not None:
        raise WireError(whole.fault or "no handshake", at=0, spec="")
    return whole.statement


def _heard_out(plan: LinkPlan, chunks: Iterable[bytes]) -> PeerLink:
    link = PeerLink(plan, CHANCE, SETTINGS, 0.0)
    link.opened(100.0)
    for chunk in chunks:
        link.receive(chunk, 101.0)
        assert link.finished or 100.0 < link.deadline() <= 100.0 + SETTINGS.metadata_timeout_s + 1.0
    link.closed(102.0)
    assert link.finished
    return link


def _came_of(link: PeerLink) -> tuple[object, ...]:
    return link.fault, link.statement, link.heard, link.metadata, link.doubts


def _check(link: PeerLink, data: bytes) -> None:
    received = [each.data for each in link.frames if each.direction is Direction.RECEIVED]
    sent = b"".join(each.data for each in link.frames if each.direction is Direction.SENT)
    assert data.startswith(b"".join(received))
    assert len(link.heard) <= HEARD_LIMIT
    if link.handshake is None:
        return
    if link.plan.encrypted:
        plain = mse.payload_received(received, CHANCE.private_key, INFOHASH)
    else:
        plain = b"".join(received)
        _check_said(sent[HANDSHAKE_BYTES:])
    # Content among what was kept would be refused when it is read again.
    try:
        for message in Stream().feed(plain[HANDSHAKE_BYTES:]):
            assert not isinstance(message, Extended) or len(message.payload) <= len(plain)
    except WireError as error:
        assert type(error) is WireError, "content was kept"


def _check_said(said: bytes) -> None:
    while said:
        end = 4 + int.from_bytes(said[:4], "big")
        assert said[4] in _MESSAGES_SAID, said
        said = said[end:]


if __name__ == "__main__":
    main("peer wire", target, seeds())
