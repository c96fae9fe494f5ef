"""What bytes that we sent say, phrase by phrase, and whether that may be said.

A reader of its own, apart from the code that wrote those bytes. It knows what is allowed and calls
everything else by its name or its number.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from luzeiro.networks.bittorrent.wire import bencode, mse
from luzeiro.networks.kit.errors import WireError
from luzeiro.observations.exchange import Direction, Purpose, Transcript

_HANDSHAKE = b"\x13BitTorrent protocol"
_HANDSHAKE_BYTES = 68
_MESSAGES = {
    0: "CHOKE", 1: "UNCHOKE", 2: "INTERESTED", 3: "NOT_INTERESTED", 4: "HAVE", 5: "BITFIELD",
    6: "REQUEST", 7: "PIECE", 8: "CANCEL", 9: "PORT", 13: "SUGGEST", 14: "HAVE_ALL",
    15: "HAVE_NONE", 16: "REJECT", 17: "ALLOWED_FAST", 20: "EXTENDED", 21: "HASH_REQUEST",
    22: "HASHES", 23: "HASH_REJECT",
}  # fmt: skip
_HAVE_NONE, _EXTENDED = 15, 20
_DHT_QUERIES = {b"ping", b"find_node", b"get_peers"}
_TRACKER_MAGIC = (0x41727101980).to_bytes(8, "big")  # BEP 15
_TRACKER_ACTIONS = {0: "tracker connect", 1: "tracker announce", 2: "tracker scrape"}
# Message stream encryption: what the side that opens the link sends before any payload.
_KEY_BYTES, _PAD_LIMIT = 96, 512
_OFFER_BYTES = 20 + 20 + 8 + 4 + 2 + 2 + _HANDSHAKE_BYTES  # hashes, VC, ciphers, two lengths, us


@dataclass(frozen=True, slots=True)
class Phrase:
    """One thing said."""

    kind: str
    allowed: bool


def datagram(data: bytes) -> Iterator[Phrase]:
    """Read a UDP datagram: a DHT query, or a tracker's connect or scrape."""
    if data[:1] == b"d":
        yield _dht(data)
    elif len(data) >= 16:
        action = int.from_bytes(data[8:12], "big")
        kind = _TRACKER_ACTIONS.get(action, f"datagram of {len(data)} bytes")
        connecting = action == 0 and data[:8] == _TRACKER_MAGIC
        yield Phrase(kind, connecting or (action == 2 and (len(data) - 16) % 20 == 0))
    else:
        yield Phrase(f"datagram of {len(data)} bytes", allowed=False)


def stream(data: bytes) -> Iterator[Phrase] | None:
    """Read all that went one way over TCP; None where it is neither a peer's link nor HTTP."""
    if not data:
        return iter(())
    if data.startswith(_HANDSHAKE):
        return _peer(data)
    if data.startswith((b"GET ", b"POST ", b"HEAD ", b"PUT ")):
        return _http(data)
    return None


def _dht(data: bytes) -> Phrase:
    try:
        message = bencode.decode(data, spec="BEP 5")
    except WireError:
        return Phrase("malformed DHT message", allowed=False)
    assert isinstance(message, dict)
    query = message.get(b"q")
    if message.get(b"y") != b"q" or not isinstance(query, bytes):
        return Phrase("DHT message that is no query", allowed=False)
    read_only = message.get(b"ro") == 1  # BEP 43: nobody is to lean on us
    return Phrase(f"DHT {query.decode('latin-1')}", query in _DHT_QUERIES and read_only)


def _peer(data: bytes) -> Iterator[Phrase]:
    if len(data) < _HANDSHAKE_BYTES:
        yield Phrase("handshake, cut short", allowed=False)
        return
    yield Phrase("handshake", allowed=True)
    position = _HANDSHAKE_BYTES
    while position < len(data):
        length = int.from_bytes(data[position : position + 4], "big")
        body = data[position + 4 : position + 4 + length]
        position += 4 + length
        if len(body) < length or not body:
            yield Phrase("message, cut short" if length else "keep-alive", allowed=not length)
        elif body[0] == _EXTENDED:
            yield _extended(body[1:])
        else:
            kind = _MESSAGES.get(body[0], f"message {body[0]}")
            yield Phrase(kind, body[0] == _HAVE_NONE and length == 1)


def _extended(payload: bytes) -> Phrase:
    """Read a message of BEP 10: its handshake, or a request for metadata (BEP 9)."""
    try:
        fields = bencode.decode(payload[1:], spec="BEP 10")
    except WireError:
        return Phrase("malformed extended message", allowed=False)
    if payload[0] == 0:
        return Phrase("extended handshake", isinstance(fields, dict))
    asks = isinstance(fields, dict) and set(fields) == {b"msg_type", b"piece"}
    asks = asks and isinstance(fields, dict) and fields[b"msg_type"] == 0
    return Phrase("metadata request" if asks else "other extended message", asks)


def _http(data: bytes) -> Iterator[Phrase]:
    head, _, body = data.partition(b"\r\n\r\n")
    target = head.split(b" ", 2)[1].partition(b"?")[0]
    scrape = data.startswith(b"GET ") and target.endswith(b"/scrape") and not body
    yield Phrase("HTTP scrape" if scrape else f"HTTP {target.decode('latin-1')}", scrape)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An encrypted link as a sighting keeps it."""

    purpose: Purpose
    private_key: int
    skey: bytes  # of a link for the statement: the infohash
    sent: bytes
    received: bytes

    @classmethod
    def of(cls, transcript: Transcript, skey: bytes) -> "Recorded":
        ways = {Direction.SENT: b"", Direction.RECEIVED: b""}
        for frame in transcript.frames:
            ways[frame.direction] += frame.data
        return cls(
            purpose=transcript.purpose,
            private_key=int.from_bytes(transcript.secret, "big"),
            skey=skey,
            sent=ways[Direction.SENT],
            received=ways[Direction.RECEIVED],
        )

    def phrases(self) -> Iterator[Phrase]:
        """Say what was said under the encryption."""
        if len(self.received) < _KEY_BYTES:  # no answer: nothing but our public key can be out
            within = _KEY_BYTES <= len(self.sent) <= _KEY_BYTES + _PAD_LIMIT
            yield Phrase("encrypted: key", within)
            return
        theirs = int.from_bytes(self.received[:_KEY_BYTES], "big")
        shared = pow(theirs, self.private_key, mse.PRIME).to_bytes(_KEY_BYTES, "big")
        marker = hashlib.sha1(b"req1" + shared, usedforsecurity=False).digest()
        at = self.sent.find(marker, _KEY_BYTES, _KEY_BYTES + _PAD_LIMIT + len(marker))
        if at < 0:
            yield Phrase("encrypted: nothing that its key opens", allowed=False)
            return
        offer = self.sent[at:]
        if self.purpose is Purpose.CONTROL:
            # Its infohash is random and kept nowhere; but there is no room for more than one.
            yield Phrase("encrypted: control handshake", len(offer) == _OFFER_BYTES)
            return
        yield from self._opened(offer, shared)

    def _opened(self, offer: bytes, shared: bytes) -> Iterator[Phrase]:
        cipher = mse.keystream(b"keyA", shared, self.skey)
        begin = _OFFER_BYTES - _HANDSHAKE_BYTES
        head = cipher.update(offer[40:begin])
        length = int.from_bytes(head[14:16], "big")
        if head[:8] != bytes(8) or head[12:14] != bytes(2) or length != _HANDSHAKE_BYTES:
            yield Phrase("encrypted: no offer of ours", allowed=False)
            return
        first = cipher.update(offer[begin:_OFFER_BYTES])
        rest = offer[_OFFER_BYTES:]
        told = list(_peer(first + cipher.update(rest)))
        if not all(phrase.allowed for phrase in told):
            # The peer may have chosen to go on in plain.
            in_plain = list(_peer(first + rest))
            told = in_plain if all(phrase.allowed for phrase in in_plain) else told
        yield from (Phrase(f"encrypted: {phrase.kind}", phrase.allowed) for phrase in told)
