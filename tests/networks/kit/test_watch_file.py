"""What holds of a watch set whatever its rows are."""

from pathlib import Path

import pyarrow as pa
import pytest

from luzeiro.networks.kit import watch_file
from luzeiro.networks.kit.watch_file import WatchFile, WatchSetError, revision_of, write_rows

SCHEMA = pa.schema([("key", pa.binary(4)), ("value", pa.uint8())])


def rows(*numbers: int) -> list[watch_file.Row]:
    return [{"key": number.to_bytes(4, "big"), "value": number} for number in numbers]


def test_rows_come_back_by_number_and_by_key(tmp_path: Path) -> None:
    revision = write_rows(tmp_path / "a.arrow", SCHEMA, rows(1, 5, 9))
    found = WatchFile(tmp_path / "a.arrow", SCHEMA, "a test")
    assert (len(found), found.revision) == (3, revision)
    assert found.row(1) == {"key": b"\0\0\0\x05", "value": 5}
    assert found.key_at(2) == b"\0\0\0\x09"
    assert found.first_at_or_after(b"") == 0
    assert found.first_at_or_after(b"\0\0\0\x06") == 2


def test_rows_out_of_order_are_refused_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="ascending order of key"):
        write_rows(tmp_path / "a.arrow", SCHEMA, rows(2, 1))
    assert list(tmp_path.iterdir()) == []


def test_the_revision_is_that_of_the_content(tmp_path: Path) -> None:
    first = write_rows(tmp_path / "a.arrow", SCHEMA, rows(1))
    assert revision_of(tmp_path / "a.arrow") == first
    assert write_rows(tmp_path / "a.arrow", SCHEMA, rows(1, 2)) != first


def test_another_networks_watch_set_is_refused(tmp_path: Path) -> None:
    write_rows(tmp_path / "a.arrow", SCHEMA, rows(1))
    with pytest.raises(WatchSetError, match="not an eD2k watch set"):
        WatchFile(tmp_path / "a.arrow", pa.schema([("key", pa.binary(4))]), "an eD2k")
