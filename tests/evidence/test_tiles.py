from pathlib import Path

import pytest

from luzeiro.evidence.log import Log
from luzeiro.evidence.signer import Signer
from luzeiro.evidence.tiles import TileReader, TilesError, pack_entries, tile_name, unpack_entries

SIGNER = Signer("log.example/one", b"l" * 32)


def test_names_are_those_of_the_specification() -> None:
    assert tile_name(0, 1234067) == "tile/0/x001/x234/067"
    assert tile_name(1, 5, 17) == "tile/1/005.p/17"
    assert tile_name("entries", 0) == "tile/entries/000"


def test_a_tree_of_70000_has_the_tiles_that_the_specification_counts(tmp_path: Path) -> None:
    log = Log(tmp_path, SIGNER.key)
    log.append([b"%d" % number for number in range(70_000)], SIGNER)
    names = {
        path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()
    }
    level_0 = {name for name in names if name.startswith("tile/0/")}
    assert len([name for name in level_0 if ".p/" not in name]) == 273
    assert "tile/0/273.p/112" in names
    assert {name for name in names if name.startswith("tile/1/")} == {
        "tile/1/000",
        "tile/1/001.p/17",
    }
    assert {name for name in names if name.startswith("tile/2/")} == {"tile/2/000.p/1"}
    assert (tmp_path / "tile/0/000").stat().st_size == 8192


def test_entries_are_packed_with_their_lengths() -> None:
    entries = [b"", b"a", b"b" * 65535]
    assert list(unpack_entries(pack_entries(entries))) == entries
    with pytest.raises(ValueError, match="at most"):
        pack_entries([b"c" * 65536])


@pytest.mark.parametrize("broken", [b"\0", b"\0\x02a", b"\0\x01a\0"])
def test_a_bundle_that_is_cut_short_is_named(broken: bytes) -> None:
    with pytest.raises(TilesError, match="cut short"):
        list(unpack_entries(broken))


def test_a_missing_tile_is_named(tmp_path: Path) -> None:
    with pytest.raises(TilesError, match=r"tile/0/000\.p/3 is missing"):
        TileReader(tmp_path, 3).root()
    with pytest.raises(TilesError, match=r"tile/entries/000\.p/3 is missing"):
        TileReader(tmp_path, 3).entry(1)


def test_a_short_tile_is_named(tmp_path: Path) -> None:
    path = tmp_path / "tile/0/000.p/3"
    path.parent.mkdir(parents=True)
    path.write_bytes(bytes(64))
    with pytest.raises(TilesError, match="64 bytes, not 96"):
        TileReader(tmp_path, 3).root()
