import dataclasses

import pytest

from luzeiro.catalogue.rows import ListRow, RejectedRow
from tests.catalogue.imports import name


def test_a_row_has_no_place_for_a_file_name_or_an_image() -> None:
    fields = {field.name for field in dataclasses.fields(ListRow)}
    assert fields == {
        *("at", "identifiers", "size_bytes", "scheme", "label", "voted_on", "withdrawn", "key")
    }


def test_rows_do_not_change_once_read() -> None:
    row = ListRow(at="line 1", identifiers=(name("md5", 1),))
    with pytest.raises(dataclasses.FrozenInstanceError):
        row.label = "other"  # type: ignore[misc]  # that is what must not work
    assert RejectedRow("line 2", "why") == RejectedRow("line 2", "why")
