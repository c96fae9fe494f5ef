import hashlib
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.networks.bittorrent.wire import mse
from luzeiro.networks.bittorrent.wire.mse import (
    GENERATOR,
    KEY_BYTES,
    PLAINTEXT,
    PRIME,
    RC4,
    Initiator,
    keystream,
    payload_received,
)
from luzeiro.networks.bittorrent.wire.peerwire import Stream, decode_handshake
from luzeiro.networks.kit.errors import WireError
from tests.networks.bittorrent.wire.responder import Responder
from tests.vectors import headers, vector

INFOHASH, OURS, THEIRS = b"\x11" * 20, 0x1234567 << 80 | 1, 0x7654321 << 90 | 1
FIRST = b"our handshake"


def initiator(pad: bytes = b"") -> Initiator:
    return Initiator(INFOHASH, OURS, pad, FIRST)


def talk(us: Initiator, them: Responder, step: int = 10_000) -> tuple[bytes, list[bytes]]:
    """Carry the handshake to its end, in chunks of `step`; what we read, and what they sent."""
    to_them, read, sent = us.opening(), b"", list[bytes]()
    while to_them:
        answer, to_them = them.receive(to_them), b""
        for start in range(0, len(answer), step):
            sent.append(answer[start : start + step])
            wire, plain = us.receive(sent[-1])
            to_them, read = to_them + wire, read + plain
    return read, sent


@pytest.mark.parametrize("select", [RC4, PLAINTEXT])
@pytest.mark.parametrize("pad", [0, 1, 512])
@pytest.mark.parametrize("step", [1, 7, 10_000])
def test_the_handshake_reaches_payload_with_either_cipher_and_any_pad(
    select: int, pad: int, step: int
) -> None:
    them = Responder(
        INFOHASH, THEIRS, select=select, pad_b=bytes(pad), pad_d=bytes(pad), payload=b"hello back"
    )
    us = initiator(b"\x55" * pad)
    read, _ = talk(us, them, step)
    assert us.settled
    assert (read, them.first_payload) == (b"hello back", FIRST)
    assert us.receive(them.encrypt(b" and more")) == (b"", b" and more")
    assert them.decrypt(us.encrypt(b"heard")) == b"heard"


@pytest.mark.parametrize("select", [RC4, PLAINTEXT])
def test_a_recorded_link_can_be_read_with_the_key_that_was_ours(select: int) -> None:
    them = Responder(INFOHASH, THEIRS, select=select, pad_b=b"b" * 99, payload=b"all of it")
    _, sent = talk(initiator(), them, step=50)
    sent.append(them.encrypt(b", to the end"))
    assert payload_received(sent, OURS, INFOHASH) == b"all of it, to the end"


def test_with_another_key_a_recorded_link_says_nothing() -> None:
    them = Responder(INFOHASH, THEIRS, pad_b=bytes(512), payload=bytes(100))
    _, sent = talk(initiator(), them)
    with pytest.raises(WireError, match="no verification constant"):
        payload_received(sent, OURS + 2, INFOHASH)


def test_the_cipher_is_rc4_with_its_first_1024_bytes_dropped() -> None:
    shared = bytes(95) + b"\x05"
    for side in (b"keyA", b"keyB"):
        key = hashlib.sha1(side + shared + INFOHASH).digest()
        assert keystream(side, shared, INFOHASH).update(bytes(32)) == rc4(key, 1024 + 32)[1024:]


def rc4(key: bytes, count: int) -> bytes:
    """The cipher as Schneier prints it ("Applied Cryptography", 17.1), to check the library by."""
    state, j, out = list(range(256)), 0, bytearray()
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    i = j = 0
    for _ in range(count):
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(state[(state[i] + state[j]) % 256])
    return bytes(out)


@pytest.mark.parametrize("key", [0, 1, PRIME - 1, PRIME, PRIME + 1, 2**768 - 1])
def test_a_degenerate_public_key_is_refused(key: int) -> None:
    with pytest.raises(WireError, match="degenerate"):
        initiator().receive(key.to_bytes(KEY_BYTES, "big"))


def test_without_the_marker_within_520_bytes_the_link_is_given_up() -> None:
    us = initiator()
    us.receive(pow(GENERATOR, THEIRS, PRIME).to_bytes(KEY_BYTES, "big"))
    assert us.receive(bytes(519)) == (b"", b"")
    with pytest.raises(WireError, match="no verification constant"):
        us.receive(b"\0")


@pytest.mark.parametrize("select", [0, 3, 4, 2**32 - 1])
def test_a_cipher_that_we_did_not_offer_is_refused(select: int) -> None:
    with pytest.raises(WireError, match="cipher"):
        talk(initiator(), Responder(INFOHASH, THEIRS, select=select, payload=b"x"))


def test_a_pad_longer_than_the_limit_is_refused() -> None:
    with pytest.raises(WireError, match="pad 513"):
        talk(initiator(), Responder(INFOHASH, THEIRS, pad_d=bytes(513), payload=b"x"))


@pytest.mark.parametrize("kept", [0, 95, 96, 100, 200])
def test_a_link_cut_short_gives_nothing_and_is_not_settled(kept: int) -> None:
    them = Responder(INFOHASH, THEIRS, pad_b=bytes(90), pad_d=bytes(40), payload=b"hello")
    _, sent = talk(initiator(), them)
    us = initiator()
    assert us.receive(b"".join(sent)[:kept])[1] == b""
    assert not us.settled


def test_a_responder_for_another_torrent_cannot_read_the_offer() -> None:
    them = Responder(b"\x22" * 20, THEIRS, payload=b"never sent")
    assert talk(initiator(), them)[0] == b""
    assert them.refused


@given(st.binary(max_size=900), st.lists(st.integers(0, 900), max_size=5))
def test_any_bytes_in_any_chunks_are_payload_or_a_wire_error(data: bytes, cuts: list[int]) -> None:
    assert outcome(data, [0, len(data)]) == outcome(
        data, sorted({0, len(data), *(min(cut, len(data)) for cut in cuts)})
    )


@given(st.binary(max_size=600), st.integers(0, 400))
def test_any_bytes_in_the_place_of_a_true_answer_are_payload_or_a_wire_error(
    noise: bytes, at: int
) -> None:
    _, sent = talk(initiator(), Responder(INFOHASH, THEIRS, pad_b=bytes(30), payload=bytes(200)))
    whole = b"".join(sent)
    data = whole[:at] + noise + whole[at + len(noise) :]
    assert outcome(data, [0, len(data)]) == outcome(data, [0, *range(1, len(data), 97), len(data)])


def outcome(data: bytes, edges: list[int]) -> tuple[bytes, str | None]:
    us, read = initiator(), b""
    try:
        for start, end in pairwise(edges):
            read += us.receive(data[start:end])[1]
    except WireError as error:
        return b"", str(error)
    return read, None


def test_only_the_key_and_the_offer_can_be_said() -> None:
    kinds: list[Callable[..., object]] = [mse.PublicKey, mse.Offer]
    assert set(kinds) == mse.SAYS


def test_a_link_that_libtorrent_encrypted_is_read_with_the_key_beside_it() -> None:
    name = "bittorrent/peerwire/libtorrent-2.1.1-mse"
    about = headers(name)
    secret, infohash = bytes.fromhex(about["secret"]), bytes.fromhex(about["infohash"])
    plain = payload_received([vector(name)], int.from_bytes(secret, "big"), infohash)
    assert decode_handshake(plain[:68]).infohash == infohash
    read = [type(message).__name__ for message in Stream().feed(plain[68:])]
    assert " ".join(read) == about["expect"]
