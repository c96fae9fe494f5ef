"""What others ask of the catalogue: verdicts for sightings, what to watch, entries to list."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from heapq import merge as in_order

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from luzeiro.catalogue import bulk
from luzeiro.catalogue import setup as _setup  # noqa: F401 - before the models
from luzeiro.catalogue.judged import Said
from luzeiro.catalogue.judging import judge_files
from luzeiro.catalogue.known import TORRENT_KINDS
from luzeiro.catalogue.models import Entry, Torrent, TorrentFile
from luzeiro.catalogue.models import Identifier as Named
from luzeiro.catalogue.standing import (
    AT_ONCE,
    batches,
    members_of,
    standing,
    watched_entries,
)
from luzeiro.networks.bittorrent.watch import WHOLE_TORRENT, WatchedFile, WatchedTorrent
from luzeiro.observations.identifiers import Identifier, IdentifierKind

File = tuple[Identifier, int | None]  # an identifier, and the file's place if it names a torrent
_FILES = pa.schema(
    [("identifier_kind", pa.string()), ("identifier", pa.binary()), ("file_index", pa.int32())]
)
_WIRE_BYTES = 20  # of an infohash on the wire


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the catalogue says of one file now, and the entry that speaks for it."""

    entry_id: int
    said: Said


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry as lists show it."""

    entry_id: int
    category: str | None
    sources: tuple[str, ...]
    identifiers: tuple[Identifier, ...]
    size_bytes: int | None
    added_at: datetime


def verdicts(wanted: Iterable[File]) -> dict[File, Verdict]:
    """Say what is known of each (identifier, file index); what is unknown is left out."""
    places = sorted(set(wanted), key=str)
    judged = judge_files(
        pa.table(
            [
                [identifier.kind.value for identifier, _ in places],
                [identifier.digest for identifier, _ in places],
                [index for _, index in places],
            ],
            schema=_FILES,
        )
    )
    return {
        place: Verdict(int(judged.entries[row]), said)
        for row, place in enumerate(places)
        if (said := judged.said_of(row)) is not None
    }


def entries_named(names: Iterable[Identifier]) -> dict[Identifier, int]:
    """The entry that each identifier names; what nobody vouches for is left out."""
    found = {}
    for some in batches(sorted(set(names))):
        standing_names = Named.objects.filter(
            digest__in=[name.digest for name in some], withdrawn_by=None
        )
        for kind, digest, entry in standing_names.values_list("kind", "digest", "entry_id"):
            found[Identifier(IdentifierKind(kind), bytes(digest))] = entry
    return {name: found[name] for name in names if name in found}


def watched_files(kind: IdentifierKind) -> Iterator[tuple[bytes, int | None]]:
    """Give (digest, size in bytes or None) of each file to look for that goes by such a name.

    In ascending order of the digests, bytewise. For btih and btmh see `watched_torrents`.
    """
    for digest, size_bytes, _ in watched_names(kind):
        yield digest, size_bytes


def watched_names(
    kind: IdentifierKind, watched: NDArray[np.bool_] | None = None
) -> Iterator[tuple[bytes, int | None, int]]:
    """As `watched_files`, with the number of the entry that speaks for the file.

    Args:
        kind: of the identifiers.
        watched: what `watched_entries` gave, where the caller has it already.
    """
    if watched is None:
        watched = watched_entries()
    for digest, entry, into, size, size_of_all in bulk.stream(
        "SELECT i.digest, i.entry_id, e.merged_into_id, e.size_bytes, r.size_bytes "
        "FROM catalogue_identifier i JOIN catalogue_entry e ON e.id = i.entry_id "
        "LEFT JOIN catalogue_entry r ON r.id = e.merged_into_id "
        "WHERE i.kind = %s AND i.withdrawn_by_id IS NULL ORDER BY i.digest",
        [kind.value],
    ):
        if entry < len(watched) and watched[entry]:  # what came since then waits
            yield bytes(digest), size or size_of_all, into or entry


def watched_torrents() -> Iterator[WatchedTorrent]:
    """Give the torrents to look for, in ascending order of infohash.

    Where a vetted map says which files of a torrent are categorised, the torrent as a whole is not
    looked for.
    """
    watched = watched_entries()
    mapped = sorted(_mapped_torrents(watched), key=_infohash)
    known = {name for torrent in Torrent.objects.iterator() for name in _torrent_names(torrent)}
    return in_order(
        mapped,
        *(_whole_torrents(kind, watched, known) for kind in TORRENT_KINDS),
        key=_infohash,
    )


def listed() -> Iterator[Listed]:
    """Give every file, oldest first."""
    entries = Entry.objects.filter(merged_into=None).select_related("added_by").order_by("pk")
    for some in batches(entries.iterator(chunk_size=AT_ONCE)):
        roots = {entry.pk for entry in some}
        votes, names = standing(roots), names_of(roots)
        for entry in some:
            cast = votes[entry.pk].in_force
            yield Listed(
                entry_id=entry.pk,
                category=str(cast) if cast else None,
                sources=tuple(sorted({one.source for one in votes[entry.pk].casts})),
                identifiers=tuple(sorted(names[entry.pk])),
                size_bytes=entry.size_bytes,
                added_at=entry.added_by.made_at,
            )


def count_files() -> int:
    """How many files the catalogue holds."""
    return Entry.objects.filter(merged_into=None).count()


def names_of(roots: set[int]) -> dict[int, set[Identifier]]:
    """The identifiers that stand for each file, its torrents' among them."""
    members = members_of(roots)
    names: dict[int, set[Identifier]] = {root: set() for root in roots}
    for some in batches(sorted(members)):
        standing_names = Named.objects.filter(entry__in=some, withdrawn_by=None)
        for entry, kind, digest in standing_names.values_list("entry_id", "kind", "digest"):
            names[members[entry]].add(Identifier(IdentifierKind(kind), bytes(digest)))
        places = TorrentFile.objects.filter(entry__in=some, withdrawn_by=None)
        for place in places.select_related("torrent"):
            names[members[place.entry_id]].update(_torrent_names(place.torrent))
    return names


def _torrent_names(torrent: Torrent) -> list[Identifier]:
    pairs = ((IdentifierKind.BTIH, torrent.btih), (IdentifierKind.BTMH, torrent.btmh))
    return [Identifier(kind, bytes(digest)) for kind, digest in pairs if digest is not None]


def _whole_torrents(
    kind: IdentifierKind, watched: NDArray[np.bool_], known: set[Identifier]
) -> Iterator[WatchedTorrent]:
    for digest, _, _ in watched_names(kind, watched):
        if Identifier(kind, digest) not in known:
            names = {kind: digest}
            yield WatchedTorrent(
                btih=names.get(IdentifierKind.BTIH),
                btmh=names.get(IdentifierKind.BTMH),
                piece_count=None,
                files=(WHOLE_TORRENT,),
            )


def _mapped_torrents(watched: NDArray[np.bool_]) -> Iterator[WatchedTorrent]:
    """The torrents of which more is known than one name, if they are to be looked for."""
    for some in batches(Torrent.objects.order_by("pk").iterator(chunk_size=AT_ONCE)):
        places = defaultdict(list)
        standing_places = TorrentFile.objects.filter(torrent__in=some, withdrawn_by=None)
        for place in standing_places.order_by("torrent", "file_index"):
            if watched[place.entry_id]:
                places[place.torrent_id].append(place)
        whole = entries_named([name for torrent in some for name in _torrent_names(torrent)])
        for torrent in some:
            files = tuple(map(_watched_file, places[torrent.pk]))
            names = _torrent_names(torrent)
            if not files and any(name in whole and watched[whole[name]] for name in names):
                files = (WHOLE_TORRENT,)
            if files:
                yield _watched(torrent, files)


def _watched(torrent: Torrent, files: tuple[WatchedFile, ...]) -> WatchedTorrent:
    return WatchedTorrent(
        btih=bytes(torrent.btih) if torrent.btih is not None else None,
        btmh=bytes(torrent.btmh) if torrent.btmh is not None else None,
        piece_count=torrent.piece_count,
        files=files,
    )


def _watched_file(place: TorrentFile) -> WatchedFile:
    return WatchedFile(
        place.file_index, place.first_piece, place.last_piece, place.first_own, place.last_own
    )


def _infohash(torrent: WatchedTorrent) -> bytes:
    return torrent.btih or (torrent.btmh or b"")[:_WIRE_BYTES]
