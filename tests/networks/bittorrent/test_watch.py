import hashlib
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.networks.bittorrent.watch import (
    WHOLE_TORRENT,
    WatchedFile,
    WatchedTorrent,
    WatchSet,
    wire_infohash,
    write_watch_set,
)
from luzeiro.networks.kit import watch_file
from luzeiro.networks.kit.watch_file import WatchSetError
from luzeiro.observations.identifiers import Identifier, IdentifierKind

FILES = (WatchedFile(0, 0, 4, 0, 3), WatchedFile(3, 4, 4, 5, 3), WatchedFile(9, 0, 0, 0, -1))


def torrent(first: int, **changes: bytes | int | None) -> WatchedTorrent:
    fields: dict[str, bytes | int | None] = {
        "btih": bytes([first]) * 20,
        "btmh": None,
        "piece_count": 20,
        **changes,
    }
    return WatchedTorrent(files=FILES, **fields)  # type: ignore[arg-type]  # told apart by name


V1, HYBRID = torrent(0x10), torrent(0x20, btmh=b"\x05" * 32)
V2, UNMAPPED = torrent(0, btih=None, btmh=b"\x30" * 32), torrent(0x40, piece_count=None)
ALL = [V1, HYBRID, V2, UNMAPPED]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "watch" / "bittorrent.arrow"


def test_what_is_written_is_what_is_read(path: Path) -> None:
    write_watch_set(path, ALL)
    found = WatchSet(path)
    assert [found[row] for row in range(len(found))] == ALL
    assert found.keys.shape == (4, 20)
    assert [found.key_at(row) for row in range(4)] == [
        wire_infohash(each.identifiers[0]) for each in ALL
    ]


def test_a_torrent_without_a_map_is_watched_as_a_whole(path: Path) -> None:
    whole = WatchedTorrent(b"\x11" * 20, None, None, (WHOLE_TORRENT,))
    write_watch_set(path, [whole])
    assert WatchSet(path)[0] == whole


def test_the_revision_names_the_bytes_of_the_file(path: Path) -> None:
    revision = write_watch_set(path, ALL)
    assert revision == WatchSet(path).revision == hashlib.sha256(path.read_bytes()).hexdigest()
    assert write_watch_set(path, ALL) == revision
    assert write_watch_set(path, ALL[:3]) != revision


def test_an_empty_set_is_a_set(path: Path) -> None:
    write_watch_set(path, [])
    found = WatchSet(path)
    assert (len(found), found.first_at_or_after(bytes(20))) == (0, 0)


def test_a_set_of_several_batches_is_read_in_order(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_file, "_BATCH_ROWS", 3)
    torrents = [torrent(first) for first in range(10)]
    write_watch_set(path, iter(torrents))
    found = WatchSet(path)
    assert [found[row] for row in range(10)] == torrents
    assert found.first_at_or_after(b"\x07" * 20) == 7


@pytest.mark.parametrize("torrents", [[HYBRID, V1], [V1, HYBRID, V1], [V1, V2, HYBRID]])
def test_torrents_out_of_order_are_refused_and_the_old_set_stays(
    path: Path, torrents: list[WatchedTorrent], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_file, "_BATCH_ROWS", 2)
    revision = write_watch_set(path, ALL)
    with pytest.raises(ValueError, match="ascending"):
        write_watch_set(path, torrents)
    assert WatchSet(path).revision == revision
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_who_has_the_old_set_open_goes_on_with_it(path: Path) -> None:
    write_watch_set(path, ALL)
    old = WatchSet(path)
    write_watch_set(path, [UNMAPPED])
    assert [old[row] for row in range(len(old))] == ALL
    assert WatchSet(path)[0] == UNMAPPED


@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "text", "another table"])
def test_a_set_that_cannot_be_read_is_named_with_what_to_do(path: Path, damage: str) -> None:
    write_watch_set(path, ALL)
    whole = path.read_bytes()
    if damage == "missing":
        path.unlink()
    elif damage == "another table":
        table = pa.table({"infohash": [b"x"]})
        with pa.ipc.new_file(str(path), table.schema) as writer:
            writer.write_table(table)
    else:
        path.write_bytes({"empty": b"", "cut": whole[:-100], "text": b"not arrow"}[damage])
    with pytest.raises(WatchSetError, match=r"bittorrent\.arrow.* (anew|again)"):
        WatchSet(path)


@given(st.lists(st.binary(min_size=20, max_size=20), unique=True, max_size=30), st.data())
def test_the_first_at_or_after_is_found(
    tmp_path_factory: pytest.TempPathFactory, infohashes: list[bytes], data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("watch") / "set.arrow"
    infohashes.sort()
    write_watch_set(path, [WatchedTorrent(each, None, None, ()) for each in infohashes])
    asked = data.draw(
        st.binary(min_size=20, max_size=20) | st.sampled_from([bytes(20), *infohashes])
    )
    found = WatchSet(path).first_at_or_after(asked)
    assert found == sum(each < asked for each in infohashes)


def test_a_hybrid_is_named_by_v1_first() -> None:
    assert [each.kind for each in HYBRID.identifiers] == [IdentifierKind.BTIH, IdentifierKind.BTMH]
    assert wire_infohash(Identifier(IdentifierKind.BTMH, bytes(range(32)))) == bytes(range(20))


def test_a_torrent_without_any_infohash_is_an_error() -> None:
    with pytest.raises(ValueError, match="a btih, a btmh or both"):
        WatchedTorrent(None, None, None, ())
