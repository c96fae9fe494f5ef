"""What the catalogue says of files in a package: entry, category, votes, and what is needed to read
what a peer stated: which pieces of a torrent are whose, and a file's size.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, TypeVar

from luzeiro.catalogue.queries import File, Verdict
from luzeiro.cli.home import Home
from luzeiro.networks.bittorrent.watch import WatchedTorrent, WatchSet
from luzeiro.networks.edonkey.watch import Ed2kWatchSet
from luzeiro.networks.kit.watch_file import WatchSetError
from luzeiro.observations.identifiers import Identifier, IdentifierKind

_Set = TypeVar("_Set", WatchSet, Ed2kWatchSet)
_TORRENTS = frozenset({IdentifierKind.BTIH, IdentifierKind.BTMH})


def catalogue_lines(
    home: Home,
    rows: Sequence[Mapping[str, Any]],
    verdicts: Callable[[Iterable[File]], Mapping[File, Verdict]],
) -> Iterator[dict[str, object]]:
    """Give one line for each distinct file of the rows.

    Args:
        home: whose watch set has the map from pieces to files.
        rows: objects of sightings.jsonl.
        verdicts: what the catalogue says, asked once.
    """
    files = sorted({_file(row) for row in rows}, key=str)
    known = verdicts(files)
    torrents, ed2k = _opened(WatchSet, home, "bittorrent"), _opened(Ed2kWatchSet, home, "edonkey")
    for identifier, index in files:
        verdict = known.get((identifier, index))
        yield {
            "identifier_kind": identifier.kind.value,
            "identifier": identifier.digest.hex(),
            "file_index": index,
            "now": None if verdict is None else _verdict(verdict),
            "watched": _sized(ed2k, identifier) or _watched(torrents, identifier, index),
        }


def _verdict(verdict: Verdict) -> dict[str, object]:
    return {
        "entry_id": verdict.entry_id,
        "category": verdict.said.category,
        "rule": verdict.said.rule,
        "list_revision": verdict.said.list_revision,
        "votes": list(verdict.said.votes),
    }


def _file(row: Mapping[str, Any]) -> File:
    kind = IdentifierKind(row["identifier_kind"])
    return Identifier(kind, bytes.fromhex(row["identifier"])), row["file_index"]


def _opened(kind: type[_Set], home: Home, network: str) -> _Set | None:
    try:
        return kind(home.watch_set(network))
    except WatchSetError:
        return None


def _sized(files: Ed2kWatchSet | None, identifier: Identifier) -> dict[str, object] | None:
    if files is None or identifier.kind is not IdentifierKind.ED2K:
        return None
    row = files.first_at_or_after(identifier.digest)
    if row == len(files) or files.key_at(row) != identifier.digest:
        return None
    return {"size_bytes": files[row].size_bytes}


def _watched(
    torrents: WatchSet | None, identifier: Identifier, index: int | None
) -> dict[str, object] | None:
    if torrents is None or identifier.kind not in _TORRENTS:
        return None
    for torrent in _named(torrents, identifier):
        for file in torrent.files:
            if file.index == index:
                held = asdict(file)
                del held["index"]
                infohashes = [one.digest.hex() for one in torrent.identifiers]
                return {"infohashes": infohashes, "piece_count": torrent.piece_count, **held}
    return None


def _named(torrents: WatchSet, identifier: Identifier) -> Iterator[WatchedTorrent]:
    """The torrents of that name; a btmh of a hybrid stands under the btih, so all are looked at."""
    row = torrents.first_at_or_after(identifier.digest[:20])
    while row < len(torrents) and torrents.key_at(row) == identifier.digest[:20]:
        yield torrents[row]
        row += 1
    if identifier.kind is IdentifierKind.BTMH:
        for row in range(len(torrents)):
            if identifier in torrents[row].identifiers:
                yield torrents[row]
