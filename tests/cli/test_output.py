import csv
import io
import json
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.cli.output import Output, emit, visible
from luzeiro.observations.grade import Grade


def written(row: Mapping[str, object], output: Output) -> str:
    stream = io.StringIO(newline="")
    emit([row], tuple(row), output, to=stream)
    return stream.getvalue()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_json_is_one_object_a_line_with_the_named_columns_in_order() -> None:
    stream = io.StringIO()
    rows: list[dict[str, object]] = [{"b": 1, "a": Grade.STATED, "c": "left out"}, {"a": None}]
    assert emit(rows, ("a", "b"), Output.JSON, to=stream) == 2
    assert stream.getvalue() == '{"a": "stated", "b": 1}\n{"a": null, "b": null}\n'


def test_json_spells_instants_digests_and_ids() -> None:
    row = {
        "at": datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC),
        "on": date(2026, 3, 4),
        "digest": b"\x00\xff",
        "id": UUID(int=1),
        "ids": [{"kind": "guid", "value": b"\x01", "durable": True}],
    }
    assert json.loads(written(row, Output.JSON)) == {
        "at": "2026-03-04T05:06:07.000000Z",
        "on": "2026-03-04",
        "digest": "00ff",
        "id": "00000000-0000-0000-0000-000000000001",
        "ids": [{"kind": "guid", "value": "01", "durable": True}],
    }


def test_an_instant_of_another_zone_is_refused() -> None:
    elsewhere = datetime(2026, 3, 4, tzinfo=timezone(timedelta(hours=-3)))
    with pytest.raises(ValueError, match="UTC"):
        written({"at": elsewhere}, Output.JSON)


def test_a_value_of_no_agreed_form_is_refused() -> None:
    with pytest.raises(TypeError, match="object"):
        written({"a": object()}, Output.JSON)


def test_csv_has_a_header_and_ends_its_lines_as_rfc_4180_says() -> None:
    assert written({"a": 'with "quotes", and commas', "b": -1}, Output.CSV) == (
        'a,b\r\n"with ""quotes"", and commas",-1\r\n'
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@", " =", "＝"])
def test_a_cell_of_remote_text_never_begins_like_a_formula(start: str) -> None:
    rows = list(csv.reader(io.StringIO(written({"client": f"{start}1+1"}, Output.CSV))))
    assert rows[1] == [f"'{start}1+1"]


def test_a_negative_number_stays_a_number_in_csv() -> None:
    assert written({"n": -4.5}, Output.CSV).endswith("\r\n-4.5\r\n")


def test_escape_sequences_and_turned_text_are_made_visible() -> None:
    assert visible("a\x1b[2Jb\u202egpj.exe\n\u2028\U000e0001") == (
        r"a\x1b[2Jb\u202egpj.exe\n\u2028\U000e0001"
    )


def test_letters_of_any_script_are_left_as_they_are() -> None:
    assert visible("niño, ação, Ωλ, 日本") == "niño, ação, Ωλ, 日本"


@given(st.text(), st.sampled_from(Output))
def test_no_text_can_steer_a_terminal_or_break_its_row(text: str, output: Output) -> None:
    row = written({"client": text}, output)
    line_end = "\r\n" if output is Output.CSV else "\n"
    assert row.count(line_end) == (1 if output is Output.JSON else 2)
    for character in row.replace(line_end, ""):
        assert character.isprintable() or unicodedata.category(character) == "Zs"


@given(st.text())
def test_json_gives_any_text_back_exactly(text: str) -> None:
    assert json.loads(written({"client": text}, Output.JSON)) == {"client": text}


def test_piped_text_is_aligned_and_never_cut() -> None:
    stream = io.StringIO()
    rows: list[dict[str, object]] = [
        {"client": "x" * 200, "port": 1},
        {"client": "日本", "port": None},
    ]
    emit(rows, ("client", "port"), Output.TEXT, to=stream)
    assert stream.getvalue().splitlines() == [
        "client" + " " * 196 + "port",
        "x" * 200 + "  1",
        "日本" + " " * 198 + "-",
    ]


def test_a_plain_list_is_written_as_people_write_one_and_stays_one_cell_elsewhere() -> None:
    row = {"sources": ["INHOPE", "A\x1b"], "names": [], "ids": [{"kind": "guid"}]}
    assert written(row, Output.TEXT).splitlines()[1] == r'INHOPE, A\x1b  -      [{"kind":"guid"}]'
    assert '"[""INHOPE"",' in written(row, Output.CSV)


def test_no_rows_still_give_the_heads() -> None:
    stream = io.StringIO()
    assert emit([], ("seen_at", "client"), Output.TEXT, to=stream) == 0
    assert stream.getvalue() == "seen at  client\n"


def test_on_a_terminal_text_is_a_table_that_takes_no_markup_from_cells(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    stream = Terminal()
    emit([{"client": "[bold]x[/bold] " + "y" * 90}], ("client",), Output.TEXT, to=stream)
    assert "[bold]x[/bold]" in stream.getvalue()
    assert stream.getvalue().count("y") == 90  # folded, not cut
