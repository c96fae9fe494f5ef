import pytest
from pyrage import x25519

from luzeiro.package.age import AgeError, decrypt_with, encrypt_for, is_encrypted

MINE, OTHERS = x25519.Identity.generate(), x25519.Identity.generate()


def test_a_named_recipient_reads_it_and_nobody_else_does() -> None:
    held = encrypt_for(b"a package", [str(MINE.to_public())])
    assert is_encrypted(held)
    assert b"a package" not in held
    assert decrypt_with(held, ["# created: today", str(MINE), ""]) == b"a package"
    with pytest.raises(AgeError):
        decrypt_with(held, [str(OTHERS)])


def test_each_of_several_recipients_reads_it() -> None:
    held = encrypt_for(b"a package", [str(one.to_public()) for one in (MINE, OTHERS)])
    assert decrypt_with(held, [str(MINE)]) == decrypt_with(held, [str(OTHERS)])


@pytest.mark.parametrize("recipient", ["", "age1nonsense", "ssh-ed25519 nonsense"])
def test_what_is_no_recipient_is_refused(recipient: str) -> None:
    with pytest.raises(AgeError, match="no recipient"):
        encrypt_for(b"", [recipient])


def test_what_is_no_identity_is_refused() -> None:
    with pytest.raises(AgeError):
        decrypt_with(encrypt_for(b"", [str(MINE.to_public())]), ["nonsense"])
    assert not is_encrypted(b"PK")
