import hashlib

import pytest
from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext

from luzeiro.networks.edonkey.wire import client, kad
from luzeiro.networks.edonkey.wire.obfuscation import (
    PLAIN_MARKERS,
    ObfuscatedDatagram,
    ObfuscatedStream,
    ObfuscationRequest,
    marker_from,
    open_datagram,
    payload_received,
    payload_sent,
)
from luzeiro.networks.edonkey.wire.packet import PacketStream
from luzeiro.networks.kit.errors import WireError
from tests.vectors import headers, vector

HASH, KEY_PART = b"\x11" * 16, b"\1\2\3\4"
MAGIC = bytes.fromhex("c46f5e83")


def rc4(*parts: bytes, drop: int = 1024) -> CipherContext:
    cipher = Cipher(ARC4(hashlib.md5(b"".join(parts)).digest()), mode=None).encryptor()
    cipher.update(bytes(drop))
    return cipher


def request(padding: bytes = b"pad") -> ObfuscationRequest:
    return ObfuscationRequest(HASH, KEY_PART, 0x77, padding)


def answer(padding: bytes, payload: bytes) -> bytes:
    plain = MAGIC + bytes((0, len(padding))) + padding + payload
    return rc4(HASH, b"\xcb", KEY_PART).update(plain)


def test_a_link_opens_with_marker_key_part_and_what_the_peers_key_hides() -> None:
    sent = request().encode()
    assert sent[:5] == b"\x77" + KEY_PART
    plain = rc4(HASH, b"\x22", KEY_PART).update(sent[5:])
    assert plain == MAGIC + bytes((0, 0, 3)) + b"pad"


@pytest.mark.parametrize("cut", [1, 5, 6, 9, 100])
def test_payload_flows_after_the_answer_however_it_is_cut(cut: int) -> None:
    stream = ObfuscatedStream(request())
    assert stream.opening() == request().encode()
    data = answer(b"xyz", b"payload")
    assert stream.receive(data[:cut]) + stream.receive(data[cut:]) == b"payload"
    assert stream.settled


def test_an_answer_that_our_key_does_not_open_is_refused() -> None:
    with pytest.raises(WireError, match="magic"):
        ObfuscatedStream(request()).receive(bytes(20))


def test_what_was_sent_and_received_can_be_decrypted_again() -> None:
    stream = ObfuscatedStream(request())
    sent = stream.opening() + stream.encrypt(b"question")
    assert payload_sent(sent, HASH) == b"question"
    assert payload_received(sent, [answer(b"", b"ans"), b""], HASH) == b"ans"
    with pytest.raises(WireError):
        payload_sent(sent, b"\x22" * 16)


def test_what_amule_sent_over_an_obfuscated_link_opens_with_its_user_hash() -> None:
    source = headers("edonkey/client/amule-obfuscated")["source"]
    user_hash = bytes.fromhex("".join(source.partition("user hash ")[2].split(",")[0].split()))
    sent = b"\x77" + KEY_PART
    plain = payload_received(sent, [vector("edonkey/client/amule-obfuscated")], user_hash)
    hellos = [
        message
        for packet in PacketStream(client.LIMITS).feed(plain)
        if isinstance(message := client.decode(packet), client.HelloAnswer)
    ]
    assert [hello.user_hash for hello in hellos] == [user_hash]
    assert hellos[0].crypt == client.Crypt(7)


def test_amules_obfuscated_answer_opens_with_the_key_that_we_gave() -> None:
    data = vector("edonkey/kad/amule-res-obfuscated")
    message = kad.decode(open_datagram(data, bytes.fromhex("44332211")))
    assert isinstance(message, kad.Kademlia2Res)
    assert len(message.contacts) == 5
    with pytest.raises(WireError, match="does not open"):
        open_datagram(data, b"\0\0\0\0")


def test_a_datagram_opens_with_the_receivers_id_alone() -> None:
    node = bytes(range(16))
    hidden = ObfuscatedDatagram(b"\xe4\x01", node, b"ab", 0x08, b"keys").encode()
    assert open_datagram(hidden, kad.to_words(node)) == b"\xe4\x01"
    for size in range(len(hidden) - 1):  # all but the packet's first byte
        with pytest.raises(WireError):
            open_datagram(hidden[:size], kad.to_words(node))


def test_no_marker_is_that_of_a_plain_packet() -> None:
    for chance in range(256):
        assert marker_from(chance, kad=False) not in PLAIN_MARKERS
        marker = marker_from(chance, kad=True)
        assert marker not in PLAIN_MARKERS
        assert not marker & 3  # Kad, keyed by the node's id
