"""What others ask of the catalogue: verdicts for sightings, torrents to watch, entries to list."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from luzeiro.catalogue import setup as _setup  # noqa: F401 - before the models
from luzeiro.catalogue.models import Entry, Torrent, TorrentFile, Vote
from luzeiro.catalogue.models import Identifier as Named
from luzeiro.catalogue.rule import RULE, Cast, in_force, watchable
from luzeiro.networks.bittorrent.watch import WatchedFile, WatchedTorrent
from luzeiro.observations.identifiers import Identifier, IdentifierKind

_AT_ONCE = 400  # below SQLite's limit on parameters
_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the catalogue says of one file now: the entry, and the category in force if there is."""

    entry_id: int
    category: str | None  # "scheme:label"
    rule: str
    list_revision: int  # the newest that the standing votes came with; 0 without a vote


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry as lists show it."""

    entry_id: int
    category: str | None
    sources: tuple[str, ...]
    identifiers: tuple[Identifier, ...]
    size_bytes: int | None
    added_at: datetime


def verdicts(
    wanted: Iterable[tuple[Identifier, int | None]],
) -> dict[tuple[Identifier, int | None], Verdict]:
    """Say what is known of each (torrent, file index); what is unknown is left out."""
    entries: dict[tuple[Identifier, int | None], int] = {}
    for some in _batches(sorted(set(wanted), key=str)):
        entries.update(_entries_at(some))
    judged = _judged(set(entries.values()))
    return {key: judged[entry] for key, entry in entries.items()}


def watched_torrents() -> Iterator[WatchedTorrent]:
    """Give the torrents to look for, in ascending order of infohash.

    Where a vetted map says which files of a torrent are categorised, the torrent as a whole is not
    looked for.
    """
    torrents = Torrent.objects.order_by("wire_infohash", "id").iterator(chunk_size=_AT_ONCE)
    for some in _batches(torrents):
        places = defaultdict(list)
        for place in TorrentFile.objects.filter(torrent__in=some).order_by("torrent", "file_index"):
            places[place.torrent_id].append(place)
        entries = {place.entry_id for ofone in places.values() for place in ofone}
        watched = {entry for entry, cast in _casts_in_force(entries).items() if watchable(cast)}
        for torrent in some:
            files = [place for place in places[torrent.pk] if place.entry_id in watched]
            files = [place for place in files if place.file_index is not None] or files
            if files:
                yield _watched(torrent, files)


def watched_files(kind: IdentifierKind) -> Iterator[tuple[bytes, int | None]]:
    """Give (digest, size in bytes or None) of each file to look for that goes by such a name.

    In ascending order of the digests, bytewise. For btih and btmh see `watched_torrents`.
    """
    names = Named.objects.filter(kind=kind).order_by("digest")
    asked = names.values_list("digest", "entry_id", "entry__size_bytes")
    for some in _batches(asked.iterator(chunk_size=_AT_ONCE)):
        casts = _casts_in_force({entry for _, entry, _ in some})
        for digest, entry, size_bytes in some:
            if watchable(casts[entry]):
                yield bytes(digest), size_bytes


def listed() -> Iterator[Listed]:
    """Give every entry, oldest first."""
    entries = Entry.objects.select_related("added_by").order_by("pk")
    for some in _batches(entries.iterator(chunk_size=_AT_ONCE)):
        judged = _judged({entry.pk for entry in some})
        names, sources = _names(some), _sources(some)
        for entry in some:
            yield Listed(
                entry_id=entry.pk,
                category=judged[entry.pk].category,
                sources=tuple(sorted(sources[entry.pk])),
                identifiers=tuple(sorted(names[entry.pk])),
                size_bytes=entry.size_bytes,
                added_at=entry.added_by.imported_at,
            )


def _entries_at(
    keys: list[tuple[Identifier, int | None]],
) -> dict[tuple[Identifier, int | None], int]:
    digests = [identifier.digest for identifier, _ in keys]
    places = TorrentFile.objects.select_related("torrent")
    found = {}
    for place in places.filter(torrent__btih__in=digests) | places.filter(
        torrent__btmh__in=digests
    ):
        for kind, digest in _torrent_names(place.torrent):
            found[Identifier(kind, digest), place.file_index] = place.entry_id
    for name in Named.objects.filter(digest__in=digests):
        # A name of the file itself; of a torrent the places above decide.
        found.setdefault(
            (Identifier(IdentifierKind(name.kind), bytes(name.digest)), None), name.entry_id
        )
    return {key: found[key] for key in keys if key in found}


def _torrent_names(torrent: Torrent) -> list[tuple[IdentifierKind, bytes]]:
    pairs = ((IdentifierKind.BTIH, torrent.btih), (IdentifierKind.BTMH, torrent.btmh))
    return [(kind, bytes(digest)) for kind, digest in pairs if digest is not None]


def _judged(entries: set[int]) -> dict[int, Verdict]:
    revisions: dict[int, int] = defaultdict(int)
    for some in _batches(sorted(entries)):
        standing = Vote.objects.filter(entry__in=some, withdrawn_by=None)
        for entry, revision in standing.values_list("entry_id", "revision_id"):
            revisions[entry] = max(revisions[entry], revision)
    casts = _casts_in_force(entries)
    return {
        entry: Verdict(entry, str(cast) if cast else None, RULE, revisions[entry])
        for entry, cast in casts.items()
    }


def _casts_in_force(entries: set[int]) -> dict[int, Cast | None]:
    votes: dict[int, list[Cast]] = {entry: [] for entry in entries}
    for some in _batches(sorted(entries)):
        standing = Vote.objects.filter(entry__in=some, withdrawn_by=None)
        for vote in standing.select_related("source"):
            cast = Cast(vote.source.name, vote.source.authority, vote.scheme, vote.label)
            votes[vote.entry_id].append(cast)
    return {entry: in_force(casts) for entry, casts in votes.items()}


def _watched(torrent: Torrent, files: list[TorrentFile]) -> WatchedTorrent:
    return WatchedTorrent(
        btih=bytes(torrent.btih) if torrent.btih is not None else None,
        btmh=bytes(torrent.btmh) if torrent.btmh is not None else None,
        piece_count=torrent.piece_count,
        files=tuple(
            WatchedFile(
                place.file_index,
                place.first_piece,
                place.last_piece,
                place.first_own,
                place.last_own,
            )
            for place in files
        ),
    )


def _names(entries: list[Entry]) -> dict[int, set[Identifier]]:
    names: dict[int, set[Identifier]] = defaultdict(set)
    for entry in Entry.objects.filter(pk__in=[entry.pk for entry in entries]).prefetch_related(
        "identifiers", "places__torrent"
    ):
        for name in entry.identifiers.all():
            names[entry.pk].add(Identifier(IdentifierKind(name.kind), bytes(name.digest)))
        for place in entry.places.all():
            for kind, digest in _torrent_names(place.torrent):
                names[entry.pk].add(Identifier(kind, digest))
    return names


def _sources(entries: list[Entry]) -> dict[int, set[str]]:
    sources: dict[int, set[str]] = defaultdict(set)
    standing = Vote.objects.filter(entry__in=entries, withdrawn_by=None)
    for entry, source in standing.values_list("entry_id", "source__name"):
        sources[entry].add(source)
    return sources


def _batches(keys: Iterable[_Key]) -> Iterator[list[_Key]]:
    batch: list[_Key] = []
    for key in keys:
        batch.append(key)
        if len(batch) == _AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch
