"""Tables laid out as a map says."""

import json
from datetime import date
from io import BytesIO

import pytest

from luzeiro.catalogue.readers import mapped
from luzeiro.catalogue.readers.column_map import ColumnMap
from luzeiro.catalogue.readers.errors import ListError
from luzeiro.catalogue.rows import ListRow
from tests.catalogue.readers.builders import Rows, accepted, identifiers, invented, rejections

_MAP = ColumnMap(
    columns={"md5": "Hash", "size": "Bytes", "label": "Cat", "date": "On", "withdrawn": "State"},
    scheme="caid-uk",
    date_format="%d/%m/%Y",
    labels={"Category A": "A"},
    withdrawn_values=frozenset({"removed"}),
)
_EXPECTED = ListRow(
    at="line 2",
    identifiers=identifiers(1, "md5"),
    size_bytes=12,
    scheme="caid-uk",
    label="A",
    voted_on=date(2024, 2, 1),
    withdrawn=True,
)


def _read(text: str | bytes, columns: ColumnMap = _MAP) -> Rows:
    return list(mapped.read(BytesIO(text.encode() if isinstance(text, str) else text), columns))


def _cells(**changes: str) -> list[str]:
    cells = {"On": "01/02/2024", "State": "Removed", "Hash": invented("md5", 1), "Bytes": "12"}
    return list((cells | {"Cat": "Category A"} | changes).values())


_HEADER = "On,State,Hash,Bytes,Cat"


def test_a_csv_row_is_read_as_the_map_says() -> None:
    quoted = ",".join(f'"{cell}"' for cell in _cells())
    assert _read(f"{_HEADER}\r\n{quoted}\r\n") == [_EXPECTED]


def test_a_tab_separated_row_is_read_as_the_map_says() -> None:
    columns = ColumnMap(
        columns=_MAP.columns,
        layout="tsv",
        scheme="caid-uk",
        date_format=_MAP.date_format,
        labels=_MAP.labels,
        withdrawn_values=_MAP.withdrawn_values,
    )
    header = _HEADER.replace(",", "\t")
    assert _read(f"{header}\n" + "\t".join(_cells()), columns) == [_EXPECTED]


def test_a_json_line_is_read_as_the_map_says() -> None:
    columns = ColumnMap(
        columns={"md5": "h", "size": "b", "label": "c"}, layout="jsonl", scheme="ncmec"
    )
    line = json.dumps({"h": invented("md5", 1).lower(), "b": 12, "c": "A1", "other": [1]})
    assert _read(f"\n{line}\n", columns) == [
        ListRow(
            at="line 2",
            identifiers=identifiers(1, "md5"),
            size_bytes=12,
            scheme="ncmec",
            label="A1",
        )
    ]


def test_columns_by_number_need_no_header() -> None:
    columns = ColumnMap(columns={"md5": 2, "label": 1}, header=False)
    row = accepted(_read(f"A,{invented('md5', 1)}\n", columns))[0]
    assert (row.at, row.label) == ("line 1", "A")


def test_a_byte_order_mark_is_not_part_of_the_first_column() -> None:
    columns = ColumnMap(columns={"md5": "Hash"})
    assert len(accepted(_read(f"\ufeffHash\n{invented('md5', 1)}\n", columns))) == 1


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (",".join(_cells(Hash="xx")), "not hexadecimal"),
        (",".join(_cells(Bytes="-1")), "not a size"),
        (",".join(_cells(On="2024-02-01")), "not as the map says"),
        (",".join(_cells()[:3]), "too few"),
        ('"unended', "no row of the table"),
        ("x" * (1 << 21), "longer than"),
        ("a\0b,c,d,e,f", "zero character"),
    ],
)
def test_a_bad_line_is_rejected_and_the_next_is_read(line: str, why: str) -> None:
    rows = _read(f"{_HEADER}\n{','.join(_cells())}\n{line}\n")
    assert why in rejections(rows)[0]
    assert rows[0] == _EXPECTED


def test_the_line_after_one_that_is_too_long_or_not_utf_8_is_read() -> None:
    good = ",".join(_cells()).encode()
    data = b"\n".join([_HEADER.encode(), b"\xff\xfe", b"y" * (3 << 20), good])
    rows = _read(data)
    assert [row.at for row in rows] == ["line 2", "line 3", "line 4"]
    assert rejections(rows) == ["it is not UTF-8", "it is longer than 1048576 bytes"]


@pytest.mark.parametrize("header", ["", "On,State", "Hash,Hash,Bytes,Cat,On,State", "\xff"])
def test_a_header_that_the_map_does_not_fit_refuses_the_table(header: str) -> None:
    with pytest.raises(ListError, match=r"no header that the column map fits.*--map"):
        _read(header)
