import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.evidence.signer import verify as library_verify
from luzeiro.evidence.verifier.ed25519 import ORDER, P, ed25519_verify

# RFC 8032 section 7.1: public key, message, signature.
RFC_8032 = {
    "test 1": (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b4"
            "6bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    "test 2": (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d"
            "8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    "test 3": (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6"
            "594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
}
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PUBLIC, MESSAGE = KEY.public_key().public_bytes_raw(), b"a message"
GOOD = KEY.sign(MESSAGE)
# Points of small order (eight, in canonical spelling), as Wycheproof and others collect them.
SMALL_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
]


@pytest.mark.parametrize("name", ["test 1", "test 2", "test 3"])
def test_it_takes_the_signatures_that_rfc_8032_prints(name: str) -> None:
    key, message, signature = (bytes.fromhex(one) for one in RFC_8032[name])
    assert ed25519_verify(key, message, signature)
    assert not ed25519_verify(key, message + b"x", signature)


def test_it_takes_what_the_library_signs_over_a_long_message() -> None:
    for size in (0, 1, 63, 64, 1023, 100_000):
        message = bytes(range(256)) * (size // 256 + 1)
        assert ed25519_verify(PUBLIC, message[:size], KEY.sign(message[:size]))


@given(st.integers(0, 511))
def test_one_changed_bit_of_a_signature_is_refused(bit: int) -> None:
    changed = bytearray(GOOD)
    changed[bit // 8] ^= 1 << bit % 8
    assert not ed25519_verify(PUBLIC, MESSAGE, bytes(changed))


@given(st.integers(0, 255))
def test_one_changed_bit_of_a_key_is_refused(bit: int) -> None:
    changed = bytearray(PUBLIC)
    changed[bit // 8] ^= 1 << bit % 8
    assert not ed25519_verify(bytes(changed), MESSAGE, GOOD)


def test_s_with_the_order_added_is_refused() -> None:
    s = int.from_bytes(GOOD[32:], "little")
    for more in (ORDER, 2 * ORDER, 2**255):
        shifted = GOOD[:32] + ((s + more) % 2**256).to_bytes(32, "little")
        assert not ed25519_verify(PUBLIC, MESSAGE, shifted)
    assert not ed25519_verify(PUBLIC, MESSAGE, GOOD[:32] + ORDER.to_bytes(32, "little"))


@pytest.mark.parametrize("length", [0, 31, 33, 63, 65, 128])
def test_another_length_is_refused(length: int) -> None:
    assert not ed25519_verify(PUBLIC, MESSAGE, GOOD.ljust(length, b"\0")[:length])
    assert not ed25519_verify(PUBLIC.ljust(length, b"\0")[:length], MESSAGE, GOOD)


@pytest.mark.parametrize("key", SMALL_ORDER)
def test_a_key_of_small_order_signs_nothing(key: str) -> None:
    # Under the neutral element, R = [S]B fits every message.
    everything = bytes.fromhex(SMALL_ORDER[0]) + bytes(32)
    assert not ed25519_verify(bytes.fromhex(key), MESSAGE, everything)


def test_a_key_that_is_no_point_or_not_in_its_one_spelling_is_refused() -> None:
    for y in (P, P + 1, 2**255 - 1, 2):
        assert not ed25519_verify(y.to_bytes(32, "little"), MESSAGE, GOOD)


def test_r_that_is_not_in_its_one_spelling_is_refused() -> None:
    for r in (P, P + 1):
        assert not ed25519_verify(PUBLIC, MESSAGE, r.to_bytes(32, "little") + GOOD[32:])


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=40), st.binary(max_size=3))
def test_it_agrees_with_the_library(seed: bytes, message: bytes, more: bytes) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    told = ed25519_verify(public, message + more, signature)
    assert told == library_verify(public, message + more, signature) == (not more)
