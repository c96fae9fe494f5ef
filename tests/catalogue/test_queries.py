import pytest

from luzeiro.catalogue.judged import Said
from luzeiro.catalogue.queries import (
    count_files,
    listed,
    verdicts,
    watched_files,
    watched_torrents,
)
from luzeiro.catalogue.rule import RULE
from luzeiro.catalogue.torrents import MappedFile
from luzeiro.networks.bittorrent.watch import WHOLE_TORRENT, WatchedFile
from luzeiro.observations.identifiers import IdentifierKind
from tests.catalogue.imports import AT, name, row, take
from tests.catalogue.test_torrents import torrent_map

pytestmark = pytest.mark.usefixtures("catalogue")


def test_what_is_in_force_is_watched_in_the_order_of_infohashes() -> None:
    take(*(row(name("btih", number)) for number in (9, 3, 7)), authority=True)
    watched = list(watched_torrents())
    assert [torrent.btih for torrent in watched] == [bytes([n]) * 20 for n in (3, 7, 9)]
    assert watched[0].files == (WHOLE_TORRENT,)


def test_what_only_one_source_says_is_in_the_catalogue_and_not_watched() -> None:
    take(row(name("btih", 1)))
    assert list(watched_torrents()) == []
    assert [entry.category for entry in listed()] == [None]
    take(row(name("btih", 1)), source="B")
    assert len(list(watched_torrents())) == 1


def test_what_is_not_abuse_material_is_not_watched() -> None:
    take(row(name("btih", 1), scheme="vics-us", label="0"), authority=True)
    assert list(watched_torrents()) == []


def test_a_withdrawn_vote_ends_the_watch() -> None:
    take(row(name("btih", 1)), authority=True)
    take(row(name("btih", 1), withdrawn=True))
    assert list(watched_torrents()) == []


def test_a_file_that_no_torrent_carries_is_not_for_this_network() -> None:
    take(row(name("md5", 1)), authority=True)
    assert list(watched_torrents()) == []


def test_a_vetted_map_takes_the_place_of_the_torrent_as_a_whole() -> None:
    take(row(name("btih", 1)), MappedFile(torrent_map(), 0), authority=True)
    (torrent,) = watched_torrents()
    assert torrent.files == (WatchedFile(0, 0, 1, 0, 0),)
    assert torrent.piece_count == 2


def test_a_verdict_names_entry_category_rule_and_revision() -> None:
    outcome = take(MappedFile(torrent_map(btmh=b"\x02" * 32), 1), authority=True)
    by_v1, by_v2 = (name("btih", 1), 1), (name("btmh", 2), 1)
    found = verdicts([by_v1, by_v2, (name("btih", 1), 0), (name("btih", 5), 1)])
    assert found.keys() == {by_v1, by_v2}
    verdict = found[by_v1]
    assert verdict == found[by_v2]
    assert verdict.said == Said(
        "interpol-baseline:baseline",
        RULE,
        outcome.revision or -1,
        ("A (authority): interpol-baseline:baseline, revision 1",),
    )


def test_more_keys_than_one_question_holds_are_all_answered() -> None:
    take(*(row(name("btih", number)) for number in range(1, 251)), authority=True)
    wanted = [(name("btih", number), None) for number in range(1, 251)]
    assert len(verdicts(wanted + [(name("btmh", number), None) for number in range(250)])) == 250


def test_a_listed_entry_shows_who_vouches_for_it_and_its_names() -> None:
    take(row(name("md5", 1), name("btih", 2), size_bytes=5))
    take(row(name("md5", 1)), source="B")
    (entry,) = listed()
    assert entry.sources == ("A", "B")
    assert entry.identifiers == (name("btih", 2), name("md5", 1))
    assert (entry.size_bytes, entry.added_at) == (5, AT)


def test_files_are_counted_as_they_are_listed() -> None:
    take(row(name("md5", 1)), row(name("sha1", 2)), row(name("md5", 3)))
    take(row(name("md5", 1), name("sha1", 2)))
    assert count_files() == len(list(listed())) == 2


def test_files_to_look_for_come_in_the_order_of_their_digests_with_their_sizes() -> None:
    rows = [row(name("ed2k", number), size_bytes=number) for number in (0xF0, 0x80, 0x7F)]
    take(*rows, row(name("ed2k", 1)), row(name("md5", 2)), authority=True)
    take(row(name("ed2k", 3)), row(name("ed2k", 4), scheme="vics-us", label="0"), source="B")
    assert list(watched_files(IdentifierKind.ED2K)) == [
        (b"\x01" * 16, None),
        (b"\x7f" * 16, 0x7F),
        (b"\x80" * 16, 0x80),
        (b"\xf0" * 16, 0xF0),
    ]
