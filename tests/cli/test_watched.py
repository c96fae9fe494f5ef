from collections.abc import Iterable, Mapping
from pathlib import Path

from luzeiro.catalogue.queries import File, Verdict
from luzeiro.cli.home import Home
from luzeiro.cli.watched import catalogue_lines
from luzeiro.networks.bittorrent.watch import WatchedFile, WatchedTorrent, write_watch_set
from luzeiro.networks.edonkey.watch import WatchedEd2kFile, write_ed2k_watch_set
from tests.sightings.examples import SAID

HYBRID = WatchedTorrent(b"\x11" * 20, b"\x22" * 32, 40, (WatchedFile(3, 0, 9, 1, 8),))
PLAIN = WatchedTorrent(b"\x33" * 20, None, None, (WatchedFile(None, 0, 0, 0, 0),))


def row(kind: str, digest: str, index: int | None) -> dict[str, object]:
    return {"identifier_kind": kind, "identifier": digest, "file_index": index}


def knows(wanted: Iterable[File]) -> Mapping[File, Verdict]:
    return {file: Verdict(7, SAID) for file in wanted if file[0].digest != b"\x33" * 20}


def test_each_file_is_there_once_with_its_verdict_and_its_pieces(tmp_path: Path) -> None:
    home = Home(tmp_path)
    write_watch_set(home.watch_set("bittorrent"), [HYBRID, PLAIN])
    rows = [row("btih", "11" * 20, 3), row("btih", "11" * 20, 3), row("btmh", "22" * 32, 3)]
    rows += [row("btih", "33" * 20, None), row("btih", "44" * 20, 0), row("ed2k", "55" * 16, None)]
    found = list(catalogue_lines(home, rows, knows))
    lines = {(one["identifier"], one["file_index"]): one for one in found}
    assert len(lines) == 5
    for name in ("11" * 20, "22" * 32):
        held = lines[name, 3]
        assert held["now"] == {
            "entry_id": 7,
            "category": "example:A",
            "rule": "one designated authority",
            "list_revision": 3,
            "votes": ["A says example:A since revision 3"],
        }
        assert held["watched"] == {
            "infohashes": ["11" * 20, "22" * 32],
            "piece_count": 40,
            "first_piece": 0,
            "last_piece": 9,
            "first_own": 1,
            "last_own": 8,
        }
    assert lines["33" * 20, None]["now"] is None
    assert lines["44" * 20, 0]["watched"] is None
    assert lines["55" * 16, None]["watched"] is None


def test_a_file_of_edonkeys_has_its_size(tmp_path: Path) -> None:
    home = Home(tmp_path)
    known = [WatchedEd2kFile(b"\x55" * 16, 7), WatchedEd2kFile(b"\x66" * 16, None)]
    write_ed2k_watch_set(home.watch_set("edonkey"), known)
    rows = [row("ed2k", digit * 32, None) for digit in "567"]
    found = {one["identifier"]: one["watched"] for one in catalogue_lines(home, rows, knows)}
    assert found == {
        "5" * 32: {"size_bytes": 7},
        "6" * 32: {"size_bytes": None},
        "7" * 32: None,
    }


def test_without_a_watch_set_no_map_is_known(tmp_path: Path) -> None:
    (line,) = catalogue_lines(Home(tmp_path), [row("btih", "11" * 20, 3)], knows)
    assert line["watched"] is None
