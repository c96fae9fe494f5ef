import pytest

from luzeiro.catalogue.errors import CatalogueError
from luzeiro.cli.catalogue.reading import identifiers_meant
from tests.catalogue.imports import name
from tests.cli.catalogue.conftest import Rows
from tests.cli.conftest import Luzeiro

LINK = "magnet:?xt=urn:btih:" + "ab" * 20
WORD = ("--source", "A", "--category", "baseline", "--authority")


def test_text_shows_identifiers_shortened_until_asked(luzeiro: Luzeiro) -> None:
    luzeiro("catalogue", "add", LINK, *WORD)
    assert "ab" * 20 not in luzeiro("catalogue", "list").out
    assert "ab" * 20 in luzeiro("catalogue", "list", "--full").out


@pytest.mark.parametrize("said_as", ["1", "ab" * 20, "BTIH:" + "AB" * 20])
def test_a_file_is_shown_by_number_or_by_any_of_its_names(luzeiro: Luzeiro, said_as: str) -> None:
    luzeiro("catalogue", "add", LINK, *WORD, "--by", "officer")
    said = luzeiro("catalogue", "show", said_as)
    assert said.status == 0, said.err
    assert "entry 1: interpol-baseline:baseline, looked for" in said.out
    assert "rule: authority-or-two" in said.out
    assert "A (authority) says interpol-baseline:baseline, revision 1 of " in said.out


def test_votes_revisions_and_counts_are_listed(luzeiro: Luzeiro, rows: Rows) -> None:
    luzeiro("catalogue", "add", LINK, *WORD, "--by", "officer")
    (vote,) = rows("votes", "1")
    assert vote == rows("votes", "--source", "A")[0]
    assert (vote["source"], vote["authority"], vote["revision"]) == ("A", True, 1)
    (revision,) = rows("revisions")
    assert (revision["made_by"], revision["kind"], revision["added"]) == ("officer", "import", 1)
    assert {"what": "files", "of": "looked for", "count": 1} in rows("stats")
    (file,) = rows("show", "1")
    assert file["names"][0]["identifier"] == "btih:" + "ab" * 20
    assert luzeiro("catalogue", "votes").status == 2


@pytest.mark.parametrize("text", ["zz", "md5:zz", "md6:" + "ab" * 16, "ab" * 17, "é" * 32])
def test_what_is_no_identifier_is_named(luzeiro: Luzeiro, text: str) -> None:
    said = luzeiro("catalogue", "show", text)
    assert said.status == 2
    assert "is no identifier: KIND:HEX" in said.err


def test_plain_hexadecimal_means_every_kind_of_its_width() -> None:
    assert identifiers_meant("ab" * 16) == [name("md5", 0xAB), name("ed2k", 0xAB)]
    assert identifiers_meant("ed2k:" + "ab" * 16) == [name("ed2k", 0xAB)]
    with pytest.raises(CatalogueError):
        identifiers_meant("")
