import pytest

from luzeiro.observations.identifiers import WIDTH_BYTES, Identifier, IdentifierKind


@pytest.mark.parametrize(("kind", "width"), WIDTH_BYTES.items())
def test_a_digest_has_the_width_of_its_kind(kind: IdentifierKind, width: int) -> None:
    assert Identifier(kind, bytes(width)).digest == bytes(width)
    with pytest.raises(ValueError, match=f"{kind} has {width + 1} bytes, expected {width}"):
        Identifier(kind, bytes(width + 1))


def test_hexadecimal_is_read_in_either_case() -> None:
    lower = Identifier.from_hex(IdentifierKind.MD5, "ab" * 16)
    assert lower == Identifier.from_hex(IdentifierKind.MD5, "AB" * 16)
    with pytest.raises(ValueError, match="non-hexadecimal"):
        Identifier.from_hex(IdentifierKind.MD5, "zz" * 16)


def test_the_shortened_form_does_not_locate_the_file() -> None:
    identifier = Identifier(IdentifierKind.BTIH, bytes(range(20)))
    assert str(identifier) == "btih:000102030405060708090a0b0c0d0e0f10111213"
    assert identifier.shortened() == "btih:00010203…"
