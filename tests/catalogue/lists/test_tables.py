import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.catalogue.lists.tables import column_map, looks_so, read
from luzeiro.catalogue.readers.errors import ListError
from luzeiro.catalogue.rows import ListRow, RejectedRow
from luzeiro.observations.identifiers import IdentifierKind

MD5 = "ab" * 16


def rows(text: str) -> list[ListRow | RejectedRow]:
    return list(read(io.BytesIO(text.encode())))


@pytest.mark.parametrize("mark", [",", "\t"])
def test_columns_are_known_by_their_names_in_any_order(mark: str) -> None:
    text = f"Size|category|SHA-1|note|date\n7|baseline|{'cd' * 20}|x|2026-01-02\n".replace(
        "|", mark
    )
    (row,) = rows(text)
    assert isinstance(row, ListRow)
    assert row.identifiers[0].kind is IdentifierKind.SHA1
    assert (row.size_bytes, row.label, row.voted_on) == (7, "baseline", date(2026, 1, 2))


def test_a_byte_order_mark_and_windows_line_ends_are_read() -> None:
    (row,) = rows(f"\ufeffmd5,size\r\n{MD5},5\r\n")
    assert isinstance(row, ListRow)
    assert row.size_bytes == 5


def test_a_bad_row_is_named_by_its_line_and_the_good_ones_are_kept() -> None:
    found = rows(f"md5\n{MD5}\nzz\n\n{MD5}\n")
    assert [(type(row), row.at) for row in found] == [
        (ListRow, "line 2"),
        (RejectedRow, "line 3"),
        (ListRow, "line 5"),
    ]


def test_a_table_longer_than_its_head_is_read_whole() -> None:
    text = "md5,size\n" + "".join(f"{number % 251:032x},{number}\n" for number in range(1, 5000))
    found = rows(text)
    assert [row.size_bytes for row in found if isinstance(row, ListRow)] == list(range(1, 5000))


@pytest.mark.parametrize(
    ("text", "why"),
    [("", "no column"), ("name,when\n", "no column"), ("md5,MD5\n", "two columns")],
)
def test_a_header_that_names_no_digest_or_one_twice_is_refused(text: str, why: str) -> None:
    with pytest.raises(ListError, match=why):
        column_map(text.encode())


@given(st.binary(max_size=300))
def test_any_bytes_after_a_header_are_rows_or_rejections(data: bytes) -> None:
    for row in read(io.BytesIO(b"md5,size,category\n" + data)):
        assert isinstance(row, ListRow | RejectedRow)


def test_a_header_shows_in_the_first_bytes() -> None:
    assert looks_so(b"category,md5\n")
    assert not looks_so(b"magnet:?xt=urn:btih:\n")
    assert not looks_so(b"{}")
