import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from random import Random

import pytest

from luzeiro.catalogue.errors import CatalogueError
from luzeiro.catalogue.importing import MappedFile, mapped_files, unusable
from luzeiro.catalogue.models import Entry, Identifier, Revision, Source, Torrent, TorrentFile, Vote
from luzeiro.catalogue.rows import RejectedRow
from luzeiro.catalogue.store import Catalogue, open_catalogue
from luzeiro.networks.bittorrent.wire.metainfo import TorrentFile as MapFile
from luzeiro.networks.bittorrent.wire.metainfo import TorrentMap
from tests.catalogue.imports import name, row, take, take_all

pytestmark = pytest.mark.usefixtures("catalogue")


def torrent_map(btih: bytes | None = b"\x01" * 20, btmh: bytes | None = None) -> TorrentMap:
    root = b"\x07" * 32 if btmh else None
    first = MapFile(0, ("a",), 100, 0, 1, 0, 0, root, padding=False)
    second = MapFile(1, ("b",), 50, 1, 1, 2, 1, None, padding=False)
    return TorrentMap("t", 64, 2, btih, btmh, (first, second))


def test_a_row_becomes_an_entry_with_its_names_and_its_vote() -> None:
    outcome = take(row(name("md5", 1), name("sha1", 2), size_bytes=9))
    assert outcome.counts == {"added": 1}
    entry = Entry.objects.get()
    assert (entry.size_bytes, entry.identifiers.count()) == (9, 2)
    vote = Vote.objects.get()
    assert (vote.scheme, vote.label, vote.source.name) == ("interpol-baseline", "baseline", "A")


def test_the_same_list_twice_changes_nothing_the_second_time() -> None:
    rows = [row(name("md5", number)) for number in range(1, 6)]
    take(*rows)
    assert take(*rows).counts == {"unchanged": 5}
    assert (Entry.objects.count(), Vote.objects.count()) == (5, 5)


def test_an_import_is_one_revision_that_says_whose_list_and_what_it_changed() -> None:
    take(row(name("md5", 1)), RejectedRow("line 2", "bad"), source="B", list_name="x.csv")
    revision = Revision.objects.get()
    assert (revision.source.name, revision.list_name) == ("B", "x.csv")
    assert (revision.added, revision.rejected, revision.unchanged) == (1, 1, 0)


def test_a_dry_run_changes_nothing() -> None:
    outcome = take(row(name("md5", 1)), dry_run=True)
    assert outcome.revision is None
    assert outcome.counts == {"added": 1}
    assert not Entry.objects.exists()
    assert not Revision.objects.exists()
    assert not Source.objects.exists()


def test_rows_that_share_an_identifier_are_one_entry() -> None:
    take(row(name("md5", 1), name("sha1", 2)))
    take(row(name("sha1", 2), name("sha256", 3)), source="B")
    assert Entry.objects.count() == 1
    assert Identifier.objects.count() == 3


def test_a_row_that_would_join_two_entries_is_rejected_and_changes_neither() -> None:
    take(row(name("md5", 1)), row(name("sha1", 2)))
    outcome = take(row(name("md5", 1), name("sha1", 2)), source="B")
    assert "2 entries" in outcome.rejected[0].why
    assert Entry.objects.count() == 2
    assert not Vote.objects.filter(source__name="B").exists()


@pytest.mark.parametrize(
    ("second", "why"),
    [
        (row(name("md5", 1), size_bytes=10), "10 bytes"),
        (row(name("md5", 1), name("sha1", 9)), "another sha1"),
    ],
)
def test_a_row_that_contradicts_its_entry_is_rejected(second: object, why: str) -> None:
    take(row(name("md5", 1), name("sha1", 2), size_bytes=9))
    outcome = take(second)  # type: ignore[arg-type]  # a ListRow
    assert why in outcome.rejected[0].why
    assert Identifier.objects.count() == 2


def test_a_changed_vote_withdraws_the_one_before_and_keeps_it() -> None:
    take(row(name("md5", 1), scheme="vics-us", label="1"))
    assert take(row(name("md5", 1), scheme="vics-us", label="2")).counts == {"changed": 1}
    assert [vote.label for vote in Vote.objects.filter(withdrawn_by=None)] == ["2"]
    assert Vote.objects.count() == 2


def test_a_list_can_take_its_word_back_and_nobody_elses() -> None:
    take(row(name("md5", 1)))
    take(row(name("md5", 1)), source="B")
    take(row(name("md5", 1), withdrawn=True))
    assert [vote.source.name for vote in Vote.objects.filter(withdrawn_by=None)] == ["B"]


def test_a_label_that_the_scheme_does_not_have_costs_its_row() -> None:
    outcome = take(row(name("md5", 1), label="nonsense"), row(name("md5", 2)))
    assert outcome.counts == {"rejected": 1, "added": 1}
    assert "no category 'nonsense'" in outcome.rejected[0].why
    assert unusable("interpol-baseline", None) == "no category: name one with --category"


def test_a_torrents_name_alone_is_the_torrent_as_a_whole() -> None:
    take(row(name("btih", 1)))
    place = TorrentFile.objects.get()
    assert place.file_index is None
    assert bytes(place.torrent.wire_infohash) == b"\x01" * 20


def test_a_vetted_torrent_brings_the_map_of_its_files() -> None:
    take(MappedFile(torrent_map(), 0), MappedFile(torrent_map(), 1))
    first, second = TorrentFile.objects.order_by("file_index")
    assert (first.first_own, first.last_own) == (0, 0)
    assert (second.first_own, second.last_own) == (2, 1)
    assert first.entry_id != second.entry_id
    assert Torrent.objects.get().piece_count == 2


def test_a_hybrid_joins_the_torrent_that_was_known_by_one_of_its_names() -> None:
    take(row(name("btih", 1)))
    take(MappedFile(torrent_map(btmh=b"\x02" * 32), 0))
    torrent = Torrent.objects.get()
    assert (bytes(torrent.btih or b""), bytes(torrent.btmh or b"")) == (b"\x01" * 20, b"\x02" * 32)


def test_a_hybrid_known_as_two_torrents_is_refused_whole() -> None:
    take(row(name("btih", 1)), row(name("btmh", 2)))
    with pytest.raises(CatalogueError, match="two torrents"):
        take(MappedFile(torrent_map(btmh=b"\x02" * 32), 0))
    assert Revision.objects.count() == 1


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


KILLED = """
    import os, signal, sys
    from pathlib import Path
    from luzeiro.catalogue.store import open_catalogue
    from tests.catalogue.imports import name, row, take_all
    def rows():
        for number in range(1, 251):
            if number == int(sys.argv[2]):
                os.kill(os.getpid(), signal.SIGKILL)
            yield row(name("md5", number))
    with open_catalogue(Path(sys.argv[1])):
        take_all(rows())
"""


@pytest.mark.parametrize("at", [1, *Random(3).sample(range(2, 251), 3)])
def test_an_import_killed_at_any_row_leaves_the_catalogue_as_it_was(
    catalogue: Catalogue, at: int
) -> None:
    take(row(name("md5", 255)))
    home = catalogue.path.parent
    killed = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(KILLED), str(home), str(at)],
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        cwd=Path(__file__).parents[2],
    )
    assert killed.returncode == -signal.SIGKILL
    with open_catalogue(home):
        assert Entry.objects.count() == 1
        assert take_all(row(name("md5", number)) for number in range(1, 251)).counts["added"] == 250
