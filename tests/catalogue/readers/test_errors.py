"""What an error says."""

from luzeiro.catalogue.readers.errors import ListError, cut_off


def test_an_error_says_what_where_and_what_to_do() -> None:
    assert str(ListError("no list", at="byte 3", remedy="Get it.")) == (
        "no list, at byte 3. Get it."
    )
    assert "get it again" in str(cut_off("byte 9"))
