import io

import pytest

from luzeiro.catalogue.lists.detect import NAMES, detect, read_list
from luzeiro.catalogue.readers.column_map import ColumnMap
from luzeiro.catalogue.readers.errors import ListError
from luzeiro.catalogue.rows import ListRow

MAGNET = b"magnet:?xt=urn:btih:" + b"ab" * 20
TABLE = b"md5\n" + b"cd" * 16


@pytest.mark.parametrize(("data", "name"), [(MAGNET, "links"), (TABLE, "table")])
def test_a_plain_list_is_known_by_its_first_bytes(data: bytes, name: str) -> None:
    assert detect(data) == name
    assert len(list(read_list(io.BytesIO(data)))) == 1


def test_a_named_format_is_not_guessed() -> None:
    with pytest.raises(ListError):
        list(read_list(io.BytesIO(MAGNET), name="table"))


def test_a_map_makes_a_table_of_other_words() -> None:
    data = io.BytesIO(b"Hash\n" + b"cd" * 16)
    (row,) = read_list(data, columns=ColumnMap(columns={"md5": "Hash"}))
    assert isinstance(row, ListRow)


def test_a_format_that_needs_a_map_says_so() -> None:
    with pytest.raises(ListError, match="needs a column map"):
        read_list(io.BytesIO(TABLE), name="mapped")


def test_the_iwfs_list_has_columns_of_its_own_where_none_are_given() -> None:
    data = f"MD5,SHA1,SHA256,Category\n{'ab' * 16},,,A\n".encode()
    (row,) = read_list(io.BytesIO(data), name="iwf")
    assert isinstance(row, ListRow)


@pytest.mark.parametrize("data", [b"", b"\0" * 50, b"<html>", b"words, words"])
def test_what_is_no_list_is_refused_with_the_names_of_the_formats(data: bytes) -> None:
    with pytest.raises(ListError, match="--format"):
        read_list(io.BytesIO(data))


def test_every_format_has_one_name() -> None:
    assert len(NAMES) == len(set(NAMES))
