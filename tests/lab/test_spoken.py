"""The lab's reader must name everything that we may not say: else its silence means nothing."""

import pytest

from lab import spoken
from lab.spoken import Phrase, Recorded
from luzeiro.networks.bittorrent.wire import bencode, mse
from luzeiro.observations.exchange import Direction, Frame, Purpose, Transcript

HANDSHAKE = b"\x13BitTorrent protocol" + bytes(8) + b"\x11" * 20 + b"-XX0000-invented-id."
HAVE_NONE = b"\x00\x00\x00\x01\x0f"
EXTENDED = b"\x00\x00\x00\x04\x14\x00de"
WE_MAY_NOT = {
    "CHOKE": b"\x00\x00\x00\x01\x00",
    "UNCHOKE": b"\x00\x00\x00\x01\x01",
    "INTERESTED": b"\x00\x00\x00\x01\x02",
    "HAVE": b"\x00\x00\x00\x05\x04" + bytes(4),
    "BITFIELD": b"\x00\x00\x00\x02\x05\xff",
    "REQUEST": b"\x00\x00\x00\x0d\x06" + bytes(12),
    "PIECE": b"\x00\x00\x00\x0a\x07" + bytes(8) + b"x",
    "HAVE_ALL": b"\x00\x00\x00\x01\x0e",
    "HASH_REQUEST": b"\x00\x00\x00\x31\x15" + bytes(48),
    "message 99": b"\x00\x00\x00\x01\x63",
    "HAVE_NONE": b"\x00\x00\x00\x02\x0fx",  # with something behind it
    "message, cut short": b"\x00\x00\x00\x09\x0f",
    "other extended message": b"\x00\x00\x00\x1b\x14\x01d8:msg_typei1e5:piecei0ee",
    "malformed extended message": b"\x00\x00\x00\x03\x14\x01d",
}


def refused(data: bytes) -> list[str]:
    told = spoken.stream(data)
    assert told is not None
    return [phrase.kind for phrase in told if not phrase.allowed]


def query(name: bytes, **fields: bencode.Encodable) -> bytes:
    message: dict[bytes, bencode.Encodable] = {b"t": b"aa", b"y": b"q", b"q": name, b"ro": 1}
    message |= {key.encode(): value for key, value in fields.items()}
    return bencode.encode({**message, b"a": {b"id": bytes(20)}})


def test_a_link_as_we_hold_it_is_allowed_from_end_to_end() -> None:
    asks = bencode.encode({b"msg_type": 0, b"piece": 0})
    asks = (len(asks) + 2).to_bytes(4, "big") + b"\x14\x03" + asks
    told = spoken.stream(HANDSHAKE + EXTENDED + HAVE_NONE + asks + bytes(4))
    assert told is not None
    assert list(told) == [
        Phrase("handshake", allowed=True),
        Phrase("extended handshake", allowed=True),
        Phrase("HAVE_NONE", allowed=True),
        Phrase("metadata request", allowed=True),
        Phrase("keep-alive", allowed=True),
    ]


@pytest.mark.parametrize("kind", WE_MAY_NOT)
def test_each_message_that_we_may_not_say_is_named(kind: str) -> None:
    assert refused(HANDSHAKE + HAVE_NONE + WE_MAY_NOT[kind]) == [kind]


def test_a_handshake_that_is_cut_short_is_no_handshake() -> None:
    assert refused(HANDSHAKE[:40]) == ["handshake, cut short"]


@pytest.mark.parametrize("name", [b"ping", b"find_node", b"get_peers"])
def test_dht_questions_are_allowed_if_they_say_that_we_only_read(name: bytes) -> None:
    assert [phrase.allowed for phrase in spoken.datagram(query(name))] == [True]
    assert [phrase.allowed for phrase in spoken.datagram(query(name, ro=0))] == [False]


@pytest.mark.parametrize("name", [b"announce_peer", b"put", b"sample_infohashes", b"vote"])
def test_every_other_dht_query_is_named(name: bytes) -> None:
    assert list(spoken.datagram(query(name))) == [Phrase(f"DHT {name.decode()}", allowed=False)]


def test_an_answer_to_a_dht_query_is_not_ours_to_give() -> None:
    reply = bencode.encode({b"t": b"aa", b"y": b"r", b"r": {b"id": bytes(20)}})
    assert [phrase.allowed for phrase in spoken.datagram(reply)] == [False]
    assert [phrase.allowed for phrase in spoken.datagram(b"d1:")] == [False]


def test_a_tracker_is_asked_to_connect_and_to_scrape_and_no_more() -> None:
    connection = b"\x01" * 8
    connect = (0x41727101980).to_bytes(8, "big") + bytes(4) + b"tran"
    scrape = connection + (2).to_bytes(4, "big") + b"tran" + bytes(40)
    announce = connection + (1).to_bytes(4, "big") + b"tran" + bytes(82)
    told = [next(iter(spoken.datagram(data))) for data in (connect, scrape, announce)]
    assert [phrase.allowed for phrase in told] == [True, True, False]
    assert told[2].kind == "tracker announce"


def test_http_is_for_scrapes_alone() -> None:
    head = b" HTTP/1.1\r\nHost: tracker.example\r\n\r\n"
    assert refused(b"GET /scrape?info_hash=%11" + head) == []
    assert refused(b"GET /announce?info_hash=%11" + head) == ["HTTP /announce"]
    assert refused(b"POST /scrape" + head) == ["HTTP /scrape"]
    assert refused(b"GET /scrape" + head + b"body") == ["HTTP /scrape"]


def test_bytes_of_no_known_protocol_are_not_explained() -> None:
    assert spoken.stream(b"\x00" * 200) is None


def encrypted(said: bytes, *, purpose: Purpose = Purpose.STATEMENT) -> Recorded:
    """A link on which we said `said` after the key exchange, as the record keeps it."""
    private, theirs, skey = 5, pow(2, 7, mse.PRIME), HANDSHAKE[28:48]
    shared = pow(theirs, private, mse.PRIME).to_bytes(96, "big")
    cipher = mse.keystream(b"keyA", shared, skey)
    offer = bytes(8) + (2).to_bytes(4, "big") + bytes(2) + len(HANDSHAKE).to_bytes(2, "big")
    sent = pow(2, private, mse.PRIME).to_bytes(96, "big")
    sent += mse._hash(b"req1", shared) + bytes(20) + cipher.update(offer + HANDSHAKE + said)
    frames = (
        Frame(Direction.SENT, 0, sent),
        Frame(Direction.RECEIVED, 1, theirs.to_bytes(96, "big")),
    )
    secret = private.to_bytes(20, "big")
    return Recorded.of(Transcript(purpose, "tcp+mse", "", "", frames, secret), skey)


def test_what_is_said_under_encryption_is_opened_and_held_to_the_same_list() -> None:
    assert all(phrase.allowed for phrase in encrypted(HAVE_NONE).phrases())
    told = [phrase for phrase in encrypted(WE_MAY_NOT["REQUEST"]).phrases() if not phrase.allowed]
    assert [phrase.kind for phrase in told] == ["encrypted: REQUEST"]


def test_a_control_handshake_leaves_room_for_nothing_else() -> None:
    alone = encrypted(b"", purpose=Purpose.CONTROL)
    assert [phrase.allowed for phrase in alone.phrases()] == [True]
    more = encrypted(HAVE_NONE, purpose=Purpose.CONTROL)
    assert [phrase.allowed for phrase in more.phrases()] == [False]
