import pytest
from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
from cryptography.hazmat.primitives.ciphers import Cipher

from luzeiro.evidence.verifier.rc4 import Rc4


@pytest.mark.parametrize("dropped", [0, 1024])
def test_it_is_the_rc4_of_others(dropped: int) -> None:
    key = bytes(range(16))
    other = Cipher(ARC4(key), mode=None).encryptor()
    other.update(bytes(dropped))
    ours = Rc4(key, dropped=dropped)
    for part in (b"first", b"", bytes(3000), b"last"):
        assert ours.apply(part) == other.update(part)


def test_the_published_vector() -> None:
    # RFC 6229, key 0x0102030405, offset 0 and 1024
    assert Rc4(bytes(range(1, 6)), dropped=0).apply(bytes(8)).hex() == "b2396305f03dc027"
    assert Rc4(bytes(range(1, 6)), dropped=1024).apply(bytes(8)).hex() == "30abbcc7c20b0160"
