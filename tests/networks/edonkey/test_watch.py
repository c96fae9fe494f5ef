from pathlib import Path

import pytest

from luzeiro.networks.edonkey.watch import (
    PART_BYTES,
    Ed2kWatchSet,
    WatchedEd2kFile,
    write_ed2k_watch_set,
)
from luzeiro.observations.identifiers import Identifier, IdentifierKind

FILES = [WatchedEd2kFile(b"\x11" * 16, 3_000_000), WatchedEd2kFile(b"\x22" * 16, None)]


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write_ed2k_watch_set(tmp_path / "edonkey.arrow", FILES)
    found = Ed2kWatchSet(tmp_path / "edonkey.arrow")
    assert [found[0], found[1]] == FILES
    assert found.key_at(1) == b"\x22" * 16


def test_a_file_goes_by_its_ed2k_hash() -> None:
    assert FILES[0].identifiers == (Identifier(IdentifierKind.ED2K, b"\x11" * 16),)


@pytest.mark.parametrize(
    ("size", "parts"),
    [(1, 1), (PART_BYTES - 1, 1), (PART_BYTES, 2), (PART_BYTES + 1, 2), (2 * PART_BYTES, 3)],
)
def test_a_part_map_counts_one_part_more_than_whole_parts_fit(size: int, parts: int) -> None:
    assert WatchedEd2kFile(b"\x11" * 16, size).part_count == parts


def test_without_a_size_the_number_of_parts_is_not_known() -> None:
    assert FILES[1].part_count is None
