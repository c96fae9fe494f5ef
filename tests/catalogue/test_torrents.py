import pytest

from luzeiro.catalogue.errors import CatalogueError
from luzeiro.catalogue.models import Entry, Torrent, TorrentFile
from luzeiro.catalogue.queries import watched_torrents
from luzeiro.catalogue.torrents import MappedFile, mapped_files
from luzeiro.networks.bittorrent.watch import WHOLE_TORRENT
from luzeiro.networks.bittorrent.wire.metainfo import TorrentFile as MapFile
from luzeiro.networks.bittorrent.wire.metainfo import TorrentMap
from tests.catalogue.imports import name, row, take

pytestmark = pytest.mark.usefixtures("catalogue")


def torrent_map(btih: bytes | None = b"\x01" * 20, btmh: bytes | None = None) -> TorrentMap:
    root = b"\x07" * 32 if btmh else None
    first = MapFile(0, ("a",), 100, 0, 1, 0, 0, root, padding=False)
    second = MapFile(1, ("b",), 50, 1, 1, 2, 1, None, padding=False)
    return TorrentMap("t", 64, 2, btih, btmh, (first, second))


def test_a_torrents_name_alone_is_the_torrent_as_a_whole() -> None:
    take(row(name("btih", 1)), authority=True)
    assert not Torrent.objects.exists()
    (torrent,) = watched_torrents()
    assert torrent.files == (WHOLE_TORRENT,)
    assert torrent.btih == b"\x01" * 20


def test_a_vetted_torrent_brings_the_map_of_its_files() -> None:
    take(MappedFile(torrent_map(), 0), MappedFile(torrent_map(), 1))
    first, second = TorrentFile.objects.order_by("file_index")
    assert (first.first_own, first.last_own) == (0, 0)
    assert (second.first_own, second.last_own) == (2, 1)
    assert first.entry_id != second.entry_id
    assert Torrent.objects.get().piece_count == 2


def test_a_hybrid_joins_the_torrent_that_was_known_by_one_of_its_names() -> None:
    take(row(name("btih", 1)))
    take(MappedFile(torrent_map(), 0))
    take(MappedFile(torrent_map(btmh=b"\x02" * 32), 0))
    torrent = Torrent.objects.get()
    assert (bytes(torrent.btih or b""), bytes(torrent.btmh or b"")) == (b"\x01" * 20, b"\x02" * 32)


def test_a_hybrid_known_as_two_torrents_is_rejected_with_the_way_out() -> None:
    take(MappedFile(torrent_map(), 0), MappedFile(torrent_map(btih=None, btmh=b"\x02" * 32), 0))
    outcome = take(MappedFile(torrent_map(btmh=b"\x02" * 32), 0), row(name("md5", 1)))
    assert outcome.counts == {"rejected": 1, "added": 1}
    assert "as two torrents" in outcome.rejected[0].why
    assert Torrent.objects.count() == 2


def test_one_file_in_two_v2_torrents_is_one_entry() -> None:
    take(MappedFile(torrent_map(btmh=b"\x02" * 32), 0))
    take(MappedFile(torrent_map(btih=None, btmh=b"\x03" * 32), 0))
    assert Entry.objects.count() == 1
    assert Torrent.objects.count() == 2


def test_which_files_are_meant_must_be_said_where_there_are_several() -> None:
    with pytest.raises(CatalogueError, match="has 2 files: say which"):
        list(mapped_files(torrent_map(), [], everything=False))
    with pytest.raises(CatalogueError, match="no file 5 with content; its files are 0, 1"):
        list(mapped_files(torrent_map(), [5], everything=False))
    assert [one.index for one in mapped_files(torrent_map(), [1], everything=False)] == [1]
    assert [one.index for one in mapped_files(torrent_map(), [], everything=True)] == [0, 1]
