import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.evidence.signer import verify as library_verify
from luzeiro.evidence.verifier.ed25519 import ORDER, P, ed25519_verify

# RFC 8032 section 7.1: public key, message, signature.
RFC_8032 = {
    "test 1": (
        "d75a9801 82b10ab7 d54bfed3 c964073a 0ee172f3 daa62325 af021a68 f707511a",
        "",
        (
            "e5564300 c360ac72 9086e2cc 806e828a 84877f1e b8e5d974 d873e065 22490155 "
            "5fb88215 90a33bac c61e3970 1cf9b46b d25bf5f0 595bbe24 65514143 8e7a100b"
        ),
    ),
    "test 2": (
        "3d4017c3 e843895a 92b70aa7 4d1b7ebc 9c982ccf 2ec4968c c0cd55f1 2af4660c",
        "72",
        (
            "92a009a9 f0d4cab8 720e820b 5f642540 a2b27b54 16503f8f b3762223 ebdb69da "
            "085ac1e4 3e15996e 458f3613 d0f11d8c 387b2eae b4302aee b00d2916 12bb0c00"
        ),
    ),
    "test 3": (
        "fc51cd8e 6218a1a3 8da47ed0 0230f058 0816ed13 ba3303ac 5deb9115 48908025",
        "af82",
        (
            "6291d657 deec2402 4827e69c 3abe01a3 0ce548a2 84743a44 5e3680d7 db5ac3ac "
            "18ff9b53 8d16f290 ae67f760 984dc659 4a7c15e9 716ed28d c027bece ea1ec40a"
        ),
    ),
}
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PUBLIC, MESSAGE = KEY.public_key().public_bytes_raw(), b"a message"
GOOD = KEY.sign(MESSAGE)
# Points of small order (eight, in canonical spelling), as Wycheproof and others collect them.
SMALL_ORDER = [
    "01000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000",
    "ecffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffff7f",
    "00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000",
    "00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000080",
    "26e8958f c2b227b0 45c3f489 f2ef98f0 d5dfac05 d3c63339 b1380288 6d53fc05",
    "26e8958f c2b227b0 45c3f489 f2ef98f0 d5dfac05 d3c63339 b1380288 6d53fc85",
    "c7176a70 3d4dd84f ba3c0b76 0d10670f 2a2053fa 2c39ccc6 4ec7fd77 92ac037a",
    "c7176a70 3d4dd84f ba3c0b76 0d10670f 2a2053fa 2c39ccc6 4ec7fd77 92ac03fa",
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
