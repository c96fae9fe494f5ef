import hashlib
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.networks.bittorrent.session import link as links
from luzeiro.networks.bittorrent.session.link import LinkChance, LinkPlan, LinkSettings, PeerLink
from luzeiro.networks.bittorrent.wire import bencode, extension, mse, peerwire
from luzeiro.observations.exchange import Direction, Purpose
from luzeiro.observations.record import Bound
from tests.networks.bittorrent.wire.responder import Responder

INFOHASH, OTHER = b"\x11" * 20, b"\x22" * 20
OUR_ID, THEIR_ID = b"o" * 20, b"t" * 20
CHANCE = LinkChance(OUR_ID, 0x5555 << 80 | 1, b"pad")
SETTINGS = LinkSettings()
PLAN = LinkPlan(Purpose.STATEMENT, INFOHASH, encrypted=False, piece_count=20)
BOTH = bytes.fromhex("0000000000100004")  # extension protocol and fast
HAVE_ALL, HAVE_NONE, UNCHOKE = b"\0\0\0\x01\x0e", b"\0\0\0\x01\x0f", b"\0\0\0\x01\x01"
FULL, PART = b"\0\0\0\x04\x05\xff\xff\xf0", b"\0\0\0\x04\x05\xff\xf0\x00"
PIECE_HEADER = b"\0\0\x40\x09\x07" + bytes(8)
CONTENT = b"content, of which nothing is kept" * 30
UTC_OFFSET_S = 1_700_000_000.0


def hello(infohash: bytes = INFOHASH, reserved: bytes = BOTH) -> bytes:
    return peerwire.Handshake(infohash, THEIR_ID, reserved).encode()


def have(piece: int) -> bytes:
    return b"\0\0\0\x05\x04" + piece.to_bytes(4, "big")


def extended(number: int, payload: bytes) -> bytes:
    return (2 + len(payload)).to_bytes(4, "big") + b"\x14" + bytes([number]) + payload


def opened(
    plan: LinkPlan = PLAN, *chunks: bytes, settings: LinkSettings = SETTINGS, every_s: float = 0.0
) -> PeerLink:
    """A link opened at 100 s that has been sent these chunks."""
    link = PeerLink(plan, CHANCE, settings, UTC_OFFSET_S)
    link.opened(100.0)
    for place, chunk in enumerate(chunks):
        link.receive(chunk, 100.0 + every_s * place)
    return link


def data(link: PeerLink, direction: Direction) -> bytes:
    return b"".join(frame.data for frame in link.frames if frame.direction is direction)


def test_a_whole_statement_is_read_with_who_made_it_and_when() -> None:
    link = PeerLink(PLAN, CHANCE, SETTINGS, UTC_OFFSET_S)
    link.opened(100.0)
    link.receive(hello(), 100.5)
    link.receive(FULL, 100.75)
    link.receive(extended(0, b"d1:pi6881e11:upload_onlyi1e1:v8:Inventede"), 100.8)
    stated = link.statement
    assert stated is not None
    assert stated.stated_at_us == 1_700_000_100_750_000
    assert (stated.peer_id, stated.reserved, stated.encrypted) == (THEIR_ID, BOTH, False)
    assert (stated.client, stated.listen_port, stated.upload_only) == ("Invented", 6881, True)
    assert stated.has_all(20)
    assert stated.bound is Bound.EXACT


def test_a_handshake_alone_is_a_statement_about_no_piece() -> None:
    stated = opened(PLAN, hello()).statement
    assert stated is not None
    assert not stated.holds_some
    assert stated.bound is Bound.AT_LEAST


def test_without_a_handshake_there_is_no_statement() -> None:
    assert opened(PLAN).statement is None
    assert opened(PLAN, hello()[:67]).statement is None


# How long a peer is heard out.


@pytest.mark.parametrize(
    ("chunks", "until"),
    [
        ((), 100 + SETTINGS.handshake_timeout_s),
        ((hello()[:60],), 100 + SETTINGS.handshake_timeout_s),
        ((hello(),), 100 + SETTINGS.dwell_none_s),
        ((hello(), HAVE_NONE), 100 + SETTINGS.dwell_none_s),
        ((hello(), have(3)), 100 + SETTINGS.dwell_none_s),
        ((hello(), PART), 100 + SETTINGS.dwell_s),
        ((hello(), FULL), 100 + SETTINGS.grace_s),
        ((hello(), HAVE_ALL), 100 + SETTINGS.grace_s),
        ((hello(), PART, *map(have, range(12, 20))), 100 + SETTINGS.grace_s),
        # All is said, and the peer tells neither its client nor other peers: nothing to wait for.
        ((hello(reserved=bytes(8)), FULL), 100),
        ((hello(), FULL, extended(0, b"d1:md6:ut_pexi0ee1:v1:Xe")), 100),
        ((hello(), FULL, extended(0, b"d1:md6:ut_pexi1ee1:v1:Xe")), 100 + SETTINGS.grace_s),
    ],
)
def test_a_peer_is_heard_out_as_long_as_it_may_add_something(
    chunks: tuple[bytes, ...], until: float
) -> None:
    assert opened(PLAN, *chunks).deadline() == until


def test_the_time_counts_from_the_word_that_shortened_it() -> None:
    link = opened(PLAN, hello(), UNCHOKE, FULL, every_s=2.5)
    assert link.deadline() == 105.0 + SETTINGS.grace_s
    link.receive(have(3), 105.5)
    assert link.deadline() == 105.0 + SETTINGS.grace_s


def test_a_peer_that_keeps_changing_its_word_gains_no_time() -> None:
    link = opened(PLAN, hello(), *(HAVE_NONE, HAVE_ALL) * 20, every_s=0.5)
    assert link.deadline() <= 100 + SETTINGS.dwell_none_s + SETTINGS.dwell_s


def test_at_its_deadline_a_link_ends_without_fault_if_the_peer_spoke() -> None:
    link = opened(PLAN, hello())
    link.expire(114.0)
    assert (link.finished, link.fault) == (True, None)


@pytest.mark.parametrize(
    ("chunks", "by_close", "by_deadline"),
    [
        ((), links.NO_WORD, links.SILENT),
        ((hello()[:30],), links.CUT_SHORT, links.CUT_SHORT),
        ((hello(),), None, None),
    ],
)
def test_how_a_link_ended_is_told_apart(
    chunks: tuple[bytes, ...], by_close: str | None, by_deadline: str | None
) -> None:
    closed, expired = opened(PLAN, *chunks), opened(PLAN, *chunks)
    closed.closed(101.0)
    expired.expire(120.0)
    assert (closed.fault, expired.fault) == (by_close, by_deadline)


def test_after_its_end_a_link_hears_nothing() -> None:
    link = opened(PLAN, hello(OTHER), FULL)
    before = list(link.frames)
    assert link.receive(hello(), 101.0) == b""
    link.closed(102.0)
    link.expire(103.0)
    assert (link.frames, link.fault) == (before, links.OTHER_INFOHASH)


# What is recorded.


def test_the_transcript_has_every_byte_sent_and_received() -> None:
    link = PeerLink(PLAN, CHANCE, SETTINGS, UTC_OFFSET_S)
    sent = link.opened(100.0)
    chunks = [hello()[:40], hello()[40:] + PART[:3], PART[3:], have(19)]
    for chunk in chunks:
        sent += link.receive(chunk, 101.0)
    assert data(link, Direction.SENT) == sent
    assert data(link, Direction.RECEIVED) == b"".join(chunks)
    assert [frame.at_us for frame in link.frames[:2]] == [
        1_700_000_100_000_000,
        1_700_000_101_000_000,
    ]


@pytest.mark.parametrize("cut", [*range(1, 14), 40, 200])
def test_the_transcript_ends_before_content_however_it_arrives(cut: int) -> None:
    stream = PART + UNCHOKE + PIECE_HEADER + CONTENT
    at = len(PART + UNCHOKE) + cut
    link = opened(PLAN, hello(), stream[:at], stream[at:])
    assert (link.finished, link.fault) == (True, links.CONTENT_SENT)
    assert data(link, Direction.RECEIVED) == hello() + PART + UNCHOKE
    assert link.statement is not None


@pytest.mark.parametrize("select", [mse.RC4, mse.PLAINTEXT])
@pytest.mark.parametrize("step", [1, 50, 10_000])
def test_an_encrypted_transcript_ends_before_content_too(select: int, step: int) -> None:
    them = Responder(INFOHASH, 0x777 << 90 | 1, select=select, pad_b=b"b" * 40, pad_d=b"d" * 9)
    link = PeerLink(replace(PLAN, encrypted=True), CHANCE, SETTINGS, UTC_OFFSET_S)
    answer = them.receive(link.opened(100.0))
    answer = them.receive(link.receive(answer, 100.1))
    answer += them.encrypt(hello() + PART + PIECE_HEADER + CONTENT)
    for start in range(0, len(answer), step):
        link.receive(answer[start : start + step], 101.0)
    assert link.fault == links.CONTENT_SENT
    received = [frame.data for frame in link.frames if frame.direction is Direction.RECEIVED]
    key = int.from_bytes(link.secret, "big")
    assert mse.payload_received(received, key, INFOHASH) == hello() + PART


@pytest.mark.parametrize("plan", [PLAN, replace(PLAN, purpose=Purpose.CONTROL, infohash=OTHER)])
def test_what_comes_after_the_last_word_that_we_read_is_not_kept(plan: LinkPlan) -> None:
    echo = hello(OTHER)
    link = opened(plan, echo + PART + PIECE_HEADER + CONTENT)
    assert link.finished
    assert data(link, Direction.RECEIVED) == echo


def test_of_a_malformed_message_the_header_is_kept_and_what_follows_is_not() -> None:
    link = opened(PLAN, hello() + UNCHOKE + b"\0\0\0\x02\x0e\0" + PIECE_HEADER + CONTENT)
    assert link.fault == links.MALFORMED
    assert data(link, Direction.RECEIVED) == hello() + UNCHOKE + b"\0\0\0\x02\x0e"
    assert link.doubts == ["HAVE_ALL of 2 bytes, at byte 5 (BEP 3)"]


def test_after_a_message_that_is_framed_well_and_means_nothing_not_a_byte_is_kept() -> None:
    wrong_bitfield = b"\0\0\0\x02\x05\xff"
    link = opened(PLAN, hello() + wrong_bitfield + PIECE_HEADER + CONTENT)
    assert link.fault == links.MALFORMED
    assert data(link, Direction.RECEIVED) == hello() + wrong_bitfield


def test_of_a_stranger_that_speaks_no_bittorrent_little_is_kept() -> None:
    link = opened(PLAN, b"HTTP/1.1 200 OK\r\n\r\n" + bytes(100_000))
    assert link.fault == links.MALFORMED
    assert len(data(link, Direction.RECEIVED)) == 1024


def test_what_was_not_sent_is_not_recorded_as_sent() -> None:
    """One chunk brings the handshake, which asks for an answer, and what ends the link first."""
    for ending in (PIECE_HEADER, b"\0\0\0\x02\x0e\0"):
        link = PeerLink(PLAN, CHANCE, SETTINGS, UTC_OFFSET_S)
        ours = link.opened(100.0)
        assert link.receive(hello() + ending, 100.5) == b""
        assert data(link, Direction.SENT) == ours


def test_all_that_is_given_to_send_is_recorded() -> None:
    link = PeerLink(replace(PLAN, want_metadata=True), CHANCE, SETTINGS, UTC_OFFSET_S)
    sent = link.opened(100.0)
    head = b"d1:md11:ut_metadatai3ee13:metadata_sizei40000ee"
    for chunk in (hello() + extended(0, head), extended(2, b"d8:msg_typei2e5:piecei0ee")):
        sent += link.receive(chunk, 100.5)
    assert data(link, Direction.SENT) == sent


def test_a_link_in_more_reads_than_the_limit_is_too_much() -> None:
    link = opened(PLAN, hello())
    for _ in range(links.FRAMES_LIMIT):
        link.receive(b"\0", 101.0)
    assert link.fault == links.TOO_MUCH
    assert len(link.frames) == links.FRAMES_LIMIT


def test_too_much_ends_the_link_and_is_not_kept() -> None:
    settings = LinkSettings(bytes_limit=500)
    link = opened(PLAN, hello(), UNCHOKE * 80, UNCHOKE * 20, settings=settings)
    assert link.fault == links.TOO_MUCH
    assert len(data(link, Direction.RECEIVED)) == 68 + 400


def test_a_plain_link_has_no_secret() -> None:
    assert opened(PLAN).secret == b""


# Which torrent.


def test_another_infohash_is_no_statement() -> None:
    link = opened(PLAN, hello(OTHER))
    assert (link.finished, link.fault, link.statement) == (True, links.OTHER_INFOHASH, None)


def test_a_hybrids_other_infohash_is_the_same_torrent() -> None:
    link = opened(replace(PLAN, alternates=(OTHER,)), hello(OTHER), FULL)
    assert link.fault is None
    assert link.statement is not None


def test_a_control_link_ends_at_the_handshake_whatever_it_says() -> None:
    for infohash, fault in ((INFOHASH, None), (OTHER, links.OTHER_INFOHASH)):
        link = opened(replace(PLAN, purpose=Purpose.CONTROL), hello(infohash))
        assert (link.finished, link.fault) == (True, fault)
        assert len([frame for frame in link.frames if frame.direction is Direction.SENT]) == 1


@pytest.mark.parametrize(
    "message", [have(20), b"\0\0\0\x03\x05\xff\xff", b"\0\0\0\x04\x05\xff\xff\xff"]
)
def test_a_piece_that_the_torrent_does_not_have_is_malformed(message: bytes) -> None:
    assert opened(PLAN, hello(), message).fault == links.MALFORMED


# What we say.


def test_what_we_say_fits_what_the_peer_understands() -> None:
    for reserved, said in (
        (bytes(8), b""),
        (bytes.fromhex("0000000000000004"), HAVE_NONE),
        (bytes.fromhex("0000000000100000"), extended(0, b"d1:md6:ut_pexi1eee")),
        (BOTH, HAVE_NONE + extended(0, b"d1:md6:ut_pexi1eee")),
    ):
        link = PeerLink(PLAN, CHANCE, SETTINGS, UTC_OFFSET_S)
        link.opened(100.0)
        assert link.receive(hello(reserved=reserved), 100.1) == said


PEER_WORDS = st.sampled_from(
    [
        HAVE_ALL,
        HAVE_NONE,
        UNCHOKE,
        FULL,
        PART,
        have(7),
        b"\0\0\0\x01\x02",  # interested
        b"\0\0\0\x0d\x06" + bytes(12),  # request
        b"\0\0\0\x05\x11\0\0\0\x01",  # allowed fast
        extended(0, b"d1:md11:ut_metadatai3ee13:metadata_sizei20000ee"),
        extended(extension.OUR_METADATA, b"d8:msg_typei1e5:piecei0ee" + bytes(16384)),
        extended(extension.OUR_METADATA, b"d8:msg_typei0e5:piecei0ee"),
        extended(extension.OUR_PEX, b"d5:added6:\xc0\x00\x02\x01\x1a\xe1e"),
        PIECE_HEADER,
    ]
)


@given(st.lists(PEER_WORDS | st.binary(max_size=20), max_size=15), st.booleans())
def test_whatever_a_peer_says_we_say_only_what_is_listed(words: list[bytes], fetch: bool) -> None:
    link = opened(replace(PLAN, want_metadata=fetch), hello(), *words)
    assert kinds_said(data(link, Direction.SENT)) <= {"handshake", "have none", "ext", "metadata"}
    assert link.deadline() <= 100 + SETTINGS.metadata_timeout_s


def kinds_said(sent: bytes) -> set[str]:
    """Name the messages that we sent, from their bytes alone."""
    assert sent[:68] == peerwire.Handshake(INFOHASH, OUR_ID, BOTH).encode()
    kinds, rest = {"handshake"}, sent[68:]
    while rest:
        size = int.from_bytes(rest[:4], "big")
        body, rest = rest[4 : 4 + size], rest[4 + size :]
        if body == b"\x0f":
            kinds.add("have none")
        elif body[:2] == b"\x14\x00":
            kinds.add("ext")
        elif body[:1] == b"\x14" and b"8:msg_typei0e" in body:
            kinds.add("metadata")
        else:
            kinds.add(f"something else: {body!r}")
    return kinds


@given(st.lists(st.binary(max_size=200) | PEER_WORDS, max_size=6), st.booleans())
def test_any_bytes_leave_a_link_that_can_be_read(chunks: list[bytes], encrypted: bool) -> None:
    link = opened(replace(PLAN, encrypted=encrypted), *chunks)
    link.closed(200.0)
    assert link.finished
    assert link.statement is None or link.handshake is not None
    assert b"".join(chunks).startswith(data(link, Direction.RECEIVED))


# Peers told of, and metadata.


def test_a_second_extension_handshake_adds_to_the_first() -> None:
    first, second = b"d1:md6:ut_pexi1ee1:pi6881e1:v8:Inventede", b"d11:upload_onlyi1ee"
    stated = opened(PLAN, hello(), extended(0, first), extended(0, second)).statement
    assert stated is not None
    assert (stated.client, stated.listen_port, stated.upload_only) == ("Invented", 6881, True)


def test_peers_told_of_are_hearsay_with_their_instant() -> None:
    link = opened(PLAN, hello(), extended(1, b"d5:added6:\xc0\x00\x02\x01\x1a\xe1e"), every_s=1.0)
    assert [(str(peer), at_us) for peer, at_us in link.heard] == [
        ("192.0.2.1:6881", 1_700_000_101_000_000)
    ]


def test_no_more_peers_are_heard_of_than_the_limit() -> None:
    told = extended(1, b"d5:added2400:" + b"\xc0\x00\x02\x01\x1a\xe1" * 400 + b"e")
    assert len(opened(PLAN, hello(), *(told,) * 5).heard) == links.HEARD_LIMIT


def metadata_link(
    metadata: bytes, infohash: bytes, *, alternates: Iterable[bytes] = ()
) -> PeerLink:
    plan = replace(
        PLAN, infohash=infohash, alternates=tuple(alternates), want_metadata=True, piece_count=None
    )
    told = bencode.encode({b"m": {b"ut_metadata": 3}, b"metadata_size": len(metadata)})
    link = opened(plan, hello(infohash), extended(0, told))
    for piece in range(-(-len(metadata) // 16384)):
        head = b"d8:msg_typei1e5:piecei%dee" % piece
        link.receive(extended(2, head + metadata[piece * 16384 :][:16384]), 101.0)
    return link


METADATA = bytes(range(256)) * 150


@pytest.mark.parametrize(
    "infohash",
    [hashlib.sha1(METADATA).digest(), hashlib.sha256(METADATA).digest()[:20]],
    ids=["SHA-1", "SHA-256, cut"],
)
def test_metadata_that_fits_the_infohash_is_kept(infohash: bytes) -> None:
    link = metadata_link(METADATA, infohash)
    assert link.metadata == METADATA
    assert link.deadline() == 100 + SETTINGS.dwell_none_s


def test_metadata_that_fits_the_hybrids_other_infohash_is_kept() -> None:
    other = hashlib.sha256(METADATA).digest()[:20]
    assert metadata_link(METADATA, INFOHASH, alternates=[other]).metadata == METADATA


def test_metadata_of_another_torrent_is_doubted_and_dropped() -> None:
    link = metadata_link(METADATA, INFOHASH)
    assert link.metadata is None
    assert link.doubts == ["metadata does not fit the infohash"]


def test_what_comes_after_the_metadata_is_whole_is_passed_over() -> None:
    info = bencode.encode({b"name": b"lab.bin"})
    head = extended(0, b"d1:md11:ut_metadatai3ee13:metadata_sizei%dee" % len(info))
    data_message = extended(2, b"d8:msg_typei1e5:piecei0ee" + info)
    link = opened(replace(PLAN, want_metadata=True), hello(), head, *([data_message] * 3))
    assert link.doubts == ["metadata does not fit the infohash"]  # said once, checked once


def test_while_metadata_is_on_its_way_there_is_more_time_and_room() -> None:
    plan = replace(PLAN, want_metadata=True)
    told = extended(0, b"d1:md11:ut_metadatai3ee13:metadata_sizei16000000ee")
    link = opened(plan, hello(), told, settings=LinkSettings(bytes_limit=1000))
    assert link.deadline() == 100 + SETTINGS.metadata_timeout_s
    link.receive(extended(2, b"d8:msg_typei1e5:piecei0ee" + bytes(16384)), 101.0)
    assert link.fault is None


def test_metadata_is_not_asked_for_where_a_map_is_known() -> None:
    link = opened(PLAN, hello())
    told = extended(0, b"d1:md11:ut_metadatai3ee13:metadata_sizei20000ee")
    assert link.receive(told, 101.0) == b""


def test_chance_is_drawn_for_encryption_only_where_it_is_used() -> None:
    drawn: list[int] = []

    def randbytes(count: int) -> bytes:
        drawn.append(count)
        return b"\x07" * count

    assert LinkChance.draw(randbytes, encrypted=False) == LinkChance(b"\x07" * 20)
    assert drawn == [20]
    chance = LinkChance.draw(randbytes, encrypted=True)
    assert (len(chance.pad), chance.private_key.bit_length()) == (7, 155)
