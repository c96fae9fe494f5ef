"""Column maps."""

import pytest

from luzeiro.catalogue.readers import column_map
from luzeiro.catalogue.readers.column_map import ColumnMap, read_column_map
from luzeiro.catalogue.readers.errors import ListError


def test_the_map_of_the_modules_own_docstring_is_read() -> None:
    example = (column_map.__doc__ or "").split("\n\n", 1)[1]
    assert read_column_map(example.encode()) == ColumnMap(
        columns={
            "md5": "MD5 Hash",
            "label": "Category",
            "size": "Bytes",
            "scheme": "Scale",
            "date": "Added",
            "withdrawn": "Status",
        },
        scheme="caid-uk",
        date_format="%d/%m/%Y",
        labels={"Category A": "A"},
        withdrawn_values=frozenset({"removed"}),
    )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "names no digest"),
        ("[columns]\nlabel = 'x'", "names no digest"),
        ("[columns]\nmd5 = 3", "not a name"),
        ("header = false\n[columns]\nmd5 = 'x'", "not a number from 1"),
        ("header = 1\n[columns]\nmd5 = 'x'", "neither true nor false"),
        ("layout = 'xls'\n[columns]\nmd5 = 'x'", "'layout' is none of"),
        ("encoding = 'utf-7'\n[columns]\nmd5 = 'x'", "'encoding' is none of"),
        ("colums = 1", "the key 'colums', which we do not know"),
        ("[columns]\nmd5 = 'x'\nmd6 = 'y'", "the column 'md6', which we do not know"),
        ("[columns]\nmd5 = 'x'\n[labels]\nA = 1", "'labels' is no table"),
        ("[columns]\nmd5 = 'x'\n[withdrawn]\nvalues = 'x'", "'withdrawn.values' is no list"),
        ("scheme = ''\n[columns]\nmd5 = 'x'", "'scheme' is no text"),
        ("x = ", "no TOML"),
        ("#" * 70_000, "larger than"),
    ],
)
def test_a_wrong_map_says_what_is_wrong(text: str, what: str) -> None:
    with pytest.raises(ListError, match=what):
        read_column_map(text.encode())
