import pytest

from luzeiro.evidence.verifier.exchange import parse_exchange
from luzeiro.evidence.verifier.mse import MseError, decrypt_link, peer_sent_its_key
from tests.evidence import scenes


def recorded() -> tuple[bytes, bytes, bytes, bytes]:
    """Received, sent, secret, infohash of a link that a real seeder answered."""
    scene = scenes.encrypted_seeder()
    (link,) = [
        one
        for one in parse_exchange(scene.observation.exchange)
        if one.transport == "tcp+mse" and one.purpose == "statement"
    ]
    return link.received(), link.sent(), link.secret, scene.infohash


def test_both_directions_are_decrypted_with_the_recorded_secret() -> None:
    received, sent, secret, infohash = recorded()
    plain = decrypt_link(received, sent, secret, infohash)
    assert plain.received[:20] == plain.sent[:20] == b"\x13BitTorrent protocol"
    assert plain.received[28:48] == plain.sent[28:48] == infohash


def test_another_secret_or_infohash_does_not_fit() -> None:
    received, sent, secret, infohash = recorded()
    with pytest.raises(MseError, match="other half"):
        decrypt_link(received, sent, secret[:-1] + b"\0", infohash)
    with pytest.raises(MseError, match="infohash"):
        decrypt_link(received, sent, secret, bytes(20))


def test_a_peer_that_sent_no_key_is_told() -> None:
    received, sent, secret, infohash = recorded()
    assert peer_sent_its_key(received)
    assert not peer_sent_its_key(received[:95])
    assert not peer_sent_its_key(bytes(96))
    with pytest.raises(MseError, match="no key"):
        decrypt_link(received[:95], sent, secret, infohash)


def test_bytes_that_are_cut_short_give_what_they_hold_or_an_error() -> None:
    received, sent, secret, infohash = recorded()
    for cut in range(96, len(received), 7):
        try:
            plain = decrypt_link(received[:cut], sent, secret, infohash)
        except MseError:
            continue
        whole = decrypt_link(received, sent, secret, infohash)
        assert whole.received.startswith(plain.received)
