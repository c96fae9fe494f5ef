import io
import json
from pathlib import Path

import pytest

from luzeiro.catalogue.database_url import URL_VARIABLE
from luzeiro.catalogue.exporting import FORMS, export
from luzeiro.catalogue.lists.detect import read_list
from luzeiro.catalogue.queries import listed
from luzeiro.catalogue.rows import ListRow
from luzeiro.catalogue.store import open_catalogue
from tests.catalogue.imports import name, row, take, take_all

pytestmark = pytest.mark.usefixtures("catalogue")


def filled() -> None:
    take(
        row(name("md5", 1), name("sha1", 2), size_bytes=5, scheme="caid-uk", label="A"),
        row(name("btih", 3), scheme="vics-us", label="1"),
        row(name("md5", 4), scheme="vics-us", label="2"),
        authority=True,
    )
    take(row(name("md5", 9)), source="B")  # one source alone: no category is in force


@pytest.mark.parametrize("form", ["csv", "vics"])
def test_what_goes_out_our_own_readers_take_back(form: str) -> None:
    filled()
    out = io.StringIO()
    export(out, form)
    rows = list(read_list(io.BytesIO(out.getvalue().encode())))
    assert all(isinstance(one, ListRow) for one in rows)
    expected = [one.identifiers for one in listed() if one.category is not None]
    if form == "vics":
        expected = [names for names in expected if names[0].kind != "btih"]
    told = [tuple(sorted(one.identifiers)) for one in rows if isinstance(one, ListRow)]
    assert told == expected


def test_a_table_brings_a_catalogue_over_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled()
    out = io.StringIO()
    export(out, "csv")
    before = [(one.identifiers, one.category, one.size_bytes) for one in listed()]
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.delenv(URL_VARIABLE, raising=False)  # over to SQLite, from either engine
    with open_catalogue(other):
        take_all(read_list(io.BytesIO(out.getvalue().encode())), authority=True)
        after = [(one.identifiers, one.category, one.size_bytes) for one in listed()]
    assert after == [one for one in before if one[1] is not None]


def test_what_a_scheme_cannot_say_is_left_out_and_counted() -> None:
    filled()
    out = io.StringIO()
    done = export(out, "jsonl", scheme="caid-uk")
    (file,) = map(json.loads, out.getvalue().splitlines())
    assert (file["scheme"], file["category"], file["sources"]) == ("caid-uk", "A", ["A"])
    assert (done.files, done.without_label, done.without_category) == (1, 2, 1)


def test_project_vics_form_counts_what_it_has_no_field_for() -> None:
    filled()
    out = io.StringIO()
    done = export(out, "vics")
    medias = json.loads(out.getvalue())["value"]
    assert [media["Category"] for media in medias] == [1, 2]
    assert (done.files, done.without_name) == (2, 1)


def test_an_empty_catalogue_is_a_whole_document_in_every_form() -> None:
    for form in FORMS:
        out = io.StringIO()
        assert export(out, form).files == 0
    assert json.loads(out.getvalue())["value"] == []
