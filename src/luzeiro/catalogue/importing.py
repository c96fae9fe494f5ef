"""Taking a source's word into the catalogue: one import is one revision, whole or not at all."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice

from django.db import transaction

from luzeiro.catalogue import setup as _setup  # noqa: F401 - before the models
from luzeiro.catalogue.errors import CatalogueError
from luzeiro.catalogue.models import Entry, Identifier, Revision, Source, Torrent, TorrentFile, Vote
from luzeiro.catalogue.rows import ListRow, RejectedRow
from luzeiro.catalogue.schemes.tables import to_internal
from luzeiro.networks.bittorrent.watch import WHOLE_TORRENT, WatchedFile, wire_infohash
from luzeiro.networks.bittorrent.wire.metainfo import TorrentMap
from luzeiro.observations.identifiers import Identifier as Name
from luzeiro.observations.identifiers import IdentifierKind

_AT_ONCE = 200  # rows; each brings a few identifiers, all asked for in one query
_TORRENT_KINDS = (IdentifierKind.BTIH, IdentifierKind.BTMH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """Whose word it is, and what is meant where a row does not say."""

    source: str
    authority: bool = False  # the source is a designated authority from now on
    scheme: str = "interpol-baseline"
    label: str | None = None  # for rows without one
    voted_on: date | None = None
    list_name: str
    list_sha256: str
    at: datetime  # UTC


@dataclass(slots=True)
class Outcome:
    """What an import came to."""

    revision: int | None = None  # None: a dry run
    counts: Counter[str] = field(default_factory=Counter)  # added, changed, unchanged, rejected
    rejected: list[RejectedRow] = field(default_factory=list)


class _DryRunError(Exception):
    """Ends the transaction of a dry run."""


@dataclass(frozen=True, slots=True)
class MappedFile:
    """One file of a vetted .torrent that is categorised."""

    torrent: TorrentMap
    index: int

    @property
    def place(self) -> WatchedFile:
        file = self.torrent.files[self.index]
        return WatchedFile(
            file.index, file.first_piece, file.last_piece, file.first_own, file.last_own
        )


Row = ListRow | RejectedRow | MappedFile


def import_rows(rows: Iterable[Row], what: Import, *, dry_run: bool = False) -> Outcome:
    """Take rows into the catalogue in one transaction.

    The same list twice changes nothing the second time. Rows that cannot be taken are rejected,
    each with its reason; the others are kept.
    """
    outcome = Outcome()
    try:
        with transaction.atomic():
            source, _ = Source.objects.get_or_create(name=what.source)
            if what.authority and not source.authority:
                source.authority = True
                source.save(update_fields=["authority"])
            revision = Revision.objects.create(
                source=source,
                imported_at=what.at,
                list_name=what.list_name,
                list_sha256=what.list_sha256,
            )
            taking = _Taking(what, source, revision, outcome)
            waiting = iter(rows)
            while some := list(islice(waiting, _AT_ONCE)):
                taking.take(some)
            Revision.objects.filter(pk=revision.pk).update(**taking.counted())
            outcome.revision = revision.pk
            if dry_run:
                raise _DryRunError
    except _DryRunError:
        outcome.revision = None
    return outcome


class _Taking:
    """One import under way."""

    def __init__(self, what: Import, source: Source, revision: Revision, outcome: Outcome) -> None:
        self._what, self._source, self._revision, self._outcome = what, source, revision, outcome

    def counted(self) -> dict[str, int]:
        kinds = ("added", "changed", "unchanged", "rejected")
        return {kind: self._outcome.counts[kind] for kind in kinds}

    def take(self, rows: Sequence[Row]) -> None:
        known = _known(rows)
        for row in rows:
            if isinstance(row, RejectedRow):
                self._reject(row.at, row.why)
            elif isinstance(row, MappedFile):
                self._take_file(row)
            else:
                self._take_row(row, known)

    def _take_row(self, row: ListRow, known: "dict[Name, int]") -> None:
        scheme, label = row.scheme or self._what.scheme, row.label or self._what.label
        if not row.withdrawn and (why := unusable(scheme, label)):
            self._reject(row.at, why)
            return
        entries = {known[name] for name in row.identifiers if name in known}
        if len(entries) > 1:
            self._reject(
                row.at, f"its identifiers name {len(entries)} entries; one row is one file"
            )
            return
        if row.withdrawn:
            self._withdraw(entries)
            return
        if why := self._contradiction(row, entries):
            self._reject(row.at, why)
            return
        entry = entries.pop() if entries else self._new_entry(row.size_bytes)
        for name in row.identifiers:
            if name not in known:
                _name(entry, name)
                known[name] = entry
        self._vote(entry, scheme, label or "", row.voted_on or self._what.voted_on)

    def _take_file(self, row: MappedFile) -> None:
        scheme, label = self._what.scheme, self._what.label
        at = f"file {row.index}"
        if why := unusable(scheme, label):
            self._reject(at, why)
            return
        torrent = _torrent(row.torrent.btih, row.torrent.btmh)
        if torrent.piece_count is None:
            torrent.piece_count = row.torrent.piece_count
            torrent.save(update_fields=["piece_count"])
        place = torrent.files.filter(file_index=row.index).first()
        file = row.torrent.files[row.index]
        root = Name(IdentifierKind.PIECES_ROOT, file.pieces_root) if file.pieces_root else None
        rooted = (
            Identifier.objects.filter(kind=root.kind, digest=root.digest).first() if root else None
        )
        if place is not None:
            entry = place.entry_id
        else:
            entry = rooted.entry_id if rooted else self._new_entry(file.size_bytes)
            _place(torrent, entry, row.place)
        if root is not None and rooted is None:
            Identifier.objects.create(kind=root.kind, digest=root.digest, entry_id=entry)
        self._vote(entry, scheme, label or "", self._what.voted_on)

    def _contradiction(self, row: ListRow, entries: set[int]) -> str | None:
        """Say why a row cannot be joined to the entry that it names, if it cannot."""
        if not entries:
            return None
        entry = Entry.objects.get(pk=next(iter(entries)))
        if None not in (row.size_bytes, entry.size_bytes) and row.size_bytes != entry.size_bytes:
            return f"it says {row.size_bytes} bytes, entry {entry.pk} has {entry.size_bytes}"
        for name in row.identifiers:
            others = entry.identifiers.filter(kind=name.kind).exclude(digest=name.digest)
            if name.kind not in _TORRENT_KINDS and others.exists():
                return f"it says another {name.kind} than entry {entry.pk}"
        return None

    def _new_entry(self, size_bytes: int | None) -> int:
        return Entry.objects.create(size_bytes=size_bytes, added_by=self._revision).pk

    def _vote(self, entry: int, scheme: str, label: str, voted_on: date | None) -> None:
        standing = Vote.objects.filter(entry_id=entry, source=self._source, withdrawn_by=None)
        vote = standing.first()
        if vote is not None and (vote.scheme, vote.label) == (scheme, label):
            self._outcome.counts["unchanged"] += 1
            return
        if vote is not None:
            standing.update(withdrawn_by=self._revision)
        Vote.objects.create(
            entry_id=entry,
            source=self._source,
            scheme=scheme,
            label=label,
            voted_on=voted_on,
            revision=self._revision,
        )
        self._outcome.counts["changed" if vote is not None else "added"] += 1

    def _withdraw(self, entries: set[int]) -> None:
        standing = Vote.objects.filter(entry_id__in=entries, source=self._source, withdrawn_by=None)
        withdrawn = standing.update(withdrawn_by=self._revision)
        self._outcome.counts["changed" if withdrawn else "unchanged"] += 1

    def _reject(self, at: str, why: str) -> None:
        self._outcome.rejected.append(RejectedRow(at, why))
        self._outcome.counts["rejected"] += 1


def unusable(scheme: str, label: str | None) -> str | None:
    """Say why a category cannot be taken, if it cannot."""
    if label is None:
        return "no category: name one with --category"
    if to_internal(scheme, label) is None:
        return f"the scheme {scheme!r} has no category {label[:40]!r}"
    return None


def _known(rows: Sequence[Row]) -> dict[Name, int]:
    """Which of the rows' identifiers are in the catalogue, and as which entry."""
    wanted = {name for row in rows if isinstance(row, ListRow) for name in row.identifiers}
    digests = [name.digest for name in wanted]
    known = {
        Name(IdentifierKind(found.kind), bytes(found.digest)): found.entry_id
        for found in Identifier.objects.filter(digest__in=digests)
    }
    whole = TorrentFile.objects.filter(file_index=None).select_related("torrent")
    for place in whole.filter(torrent__btih__in=digests) | whole.filter(torrent__btmh__in=digests):
        for kind, digest in (("btih", place.torrent.btih), ("btmh", place.torrent.btmh)):
            if digest is not None:
                known[Name(IdentifierKind(kind), bytes(digest))] = place.entry_id
    return {name: entry for name, entry in known.items() if name in wanted}


def _name(entry: int, name: Name) -> None:
    """Let an entry go by one more name; a torrent's name is a place in that torrent."""
    if name.kind in _TORRENT_KINDS:
        is_v1 = name.kind is IdentifierKind.BTIH
        torrent = _torrent(name.digest if is_v1 else None, None if is_v1 else name.digest)
        _place(torrent, entry, WHOLE_TORRENT)
    else:
        Identifier.objects.create(kind=name.kind, digest=name.digest, entry_id=entry)


def _place(torrent: Torrent, entry: int, place: WatchedFile) -> None:
    TorrentFile.objects.get_or_create(
        torrent=torrent,
        file_index=place.index,
        defaults={
            "entry_id": entry,
            "first_piece": place.first_piece,
            "last_piece": place.last_piece,
            "first_own": place.first_own,
            "last_own": place.last_own,
        },
    )


def _torrent(btih: bytes | None, btmh: bytes | None) -> Torrent:
    """Find or make a torrent; a hybrid joins the one that was known by one of its names.

    Raises:
        CatalogueError: its two names are known as two torrents.
    """
    found = {
        torrent.pk: torrent
        for key, digest in (("btih", btih), ("btmh", btmh))
        if digest is not None
        for torrent in Torrent.objects.filter(**{key: digest})
    }
    if len(found) > 1:
        raise CatalogueError(
            "This hybrid torrent is in the catalogue as two torrents, by its v1 and its v2 "
            "infohash. Withdraw one of them first."
        )
    torrent = next(iter(found.values()), None) or Torrent()
    torrent.btih, torrent.btmh = torrent.btih or btih, torrent.btmh or btmh
    first = Name(IdentifierKind.BTIH, bytes(torrent.btih)) if torrent.btih else None
    torrent.wire_infohash = wire_infohash(
        first or Name(IdentifierKind.BTMH, bytes(torrent.btmh or b""))
    )
    torrent.save()
    return torrent


def mapped_files(
    torrent: TorrentMap, wanted: Sequence[int], *, everything: bool
) -> Iterator[MappedFile]:
    """Say which files of a vetted .torrent are categorised.

    Raises:
        CatalogueError: more than one file and no choice, or an index that names no content.
    """
    content = [file.index for file in torrent.content_files]
    if not wanted and not everything and len(content) != 1:
        raise CatalogueError(
            f"{torrent.name!r} has {len(content)} files: say which are categorised with "
            "--file INDEX (from 0, repeatable), or all of them with --all-files."
        )
    for index in wanted or content:
        if index not in content:
            raise CatalogueError(
                f"{torrent.name!r} has no file {index} with content; its files are "
                f"{', '.join(map(str, content[:20]))}{', …' if len(content) > 20 else ''}."
            )
        yield MappedFile(torrent, index)
