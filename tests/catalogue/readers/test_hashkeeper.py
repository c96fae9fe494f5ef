"""HashKeeper files."""

from io import BytesIO

import pytest

from luzeiro.catalogue.readers import hashkeeper
from luzeiro.catalogue.readers.errors import ListError
from luzeiro.catalogue.rows import ListRow
from tests.catalogue.readers import builders


def test_each_line_gives_its_md5_and_size() -> None:
    assert list(hashkeeper.read(BytesIO(builders.hashkeeper(1, 2)))) == [
        ListRow(
            at=f"line {number + 1}",
            identifiers=builders.identifiers(number, "md5"),
            size_bytes=number * 100,
        )
        for number in (1, 2)
    ]


def test_another_header_is_refused() -> None:
    with pytest.raises(ListError, match="the column 'hash' is not in it"):
        list(hashkeeper.read(BytesIO(b'"file_id","name"\r\n')))
