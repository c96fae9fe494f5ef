"""Who said what, and since when: revisions, the votes on a file, and how it came by its names."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from luzeiro.catalogue import setup as _setup  # noqa: F401 - before the models
from luzeiro.catalogue.errors import CatalogueError
from luzeiro.catalogue.models import Identifier as Named
from luzeiro.catalogue.models import Merge, Naming, Revision, TorrentFile, Vote
from luzeiro.catalogue.queries import entries_named
from luzeiro.catalogue.rule import RULE, watchable
from luzeiro.catalogue.standing import members_of, speaking_for, standing
from luzeiro.catalogue.withdrawing import taken_back
from luzeiro.observations.identifiers import Identifier, IdentifierKind


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionTold:
    """A revision as lists show it."""

    revision: int
    kind: str
    source: str | None
    made_at: datetime
    made_by: str
    reason: str
    list_name: str
    list_sha256: str
    added: int
    changed: int
    unchanged: int
    rejected: int
    queued: int
    undoes: int | None
    withdrawn_by: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteTold:
    """A vote as lists show it."""

    vote: int
    entry_id: int
    source: str
    authority: bool
    category: str  # "scheme:label"
    voted_on: date | None  # the list's own date
    revision: int  # the import that brought it
    since: datetime  # when that import was made
    list_sha256: str
    withdrawn_by: int | None
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NameTold:
    """An identifier as lists show it: who named it, and when."""

    identifier: Identifier
    source: str | None
    revision: int
    since: datetime
    list_sha256: str
    withdrawn_by: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTold:
    """All that the catalogue knows of one file."""

    entry_id: int
    size_bytes: int | None
    category: str | None
    watched: bool
    rule: str
    names: tuple[NameTold, ...]
    votes: tuple[VoteTold, ...]
    torrents: tuple[tuple[str, int], ...]  # (btih or btmh, file index)
    merges: tuple[tuple[int, int, int], ...]  # (merge, one entry, the other)


def revisions() -> Iterator[RevisionTold]:
    """Give every revision, oldest first."""
    back = taken_back()
    for one in Revision.objects.select_related("source").order_by("pk").iterator():
        yield RevisionTold(
            revision=one.pk,
            kind=one.kind,
            source=one.source.name if one.source else None,
            made_at=one.made_at,
            made_by=one.made_by,
            reason=one.reason,
            list_name=one.list_name,
            list_sha256=one.list_sha256,
            added=one.added,
            changed=one.changed,
            unchanged=one.unchanged,
            rejected=one.rejected,
            queued=one.queued,
            undoes=one.undoes_id,
            withdrawn_by=back.get(one.pk),
        )


def file_named(name: Identifier) -> FileTold:
    """All about the file that an identifier names.

    Raises:
        CatalogueError: none does.
    """
    entry = entries_named([name]).get(name)
    if entry is None:
        past = Named.objects.filter(kind=name.kind, digest=name.digest).first()
        gone = (
            f"; its last naming was taken back by revision {past.withdrawn_by_id}" if past else ""
        )
        raise CatalogueError(f"{name} is not in the catalogue{gone}.")
    return file_told(entry)


def file_told(entry: int) -> FileTold:
    """All about the file of an entry.

    Raises:
        CatalogueError: there is no such entry.
    """
    if not (root := speaking_for({entry}).get(entry)):
        raise CatalogueError(f"There is no entry {entry}. See 'luzeiro catalogue list'.")
    members = members_of({root})
    votes = standing({root})[root]
    cast = votes.in_force
    sizes = Named.objects.filter(entry__in=members).values_list("entry__size_bytes", flat=True)
    places = TorrentFile.objects.filter(entry__in=members, withdrawn_by=None)
    merges = Merge.objects.filter(one__in=members, undone_by=None)
    return FileTold(
        entry_id=root,
        size_bytes=next((size for size in sizes if size), None),
        category=str(cast) if cast else None,
        watched=watchable(cast),
        rule=RULE,
        names=tuple(_names(members)),
        votes=tuple(votes_on(set(members))),
        torrents=tuple(
            (bytes(place.torrent.btih or place.torrent.btmh or b"").hex(), place.file_index)
            for place in places.select_related("torrent")
        ),
        merges=tuple(merges.values_list("pk", "one_id", "other_id")),
    )


def votes_on(entries: set[int]) -> Iterator[VoteTold]:
    """Give all votes on entries, those that were taken back too, oldest first."""
    standing_ones = Q(entry__in=entries, withdrawn_by=None)
    past = Q(entry__in=entries, withdrawn_by__isnull=False)
    yield from _votes(standing_ones | past)


def votes_of(source: str) -> Iterator[VoteTold]:
    """Give all votes of a source, oldest first."""
    yield from _votes(Q(source__name=source))


def _votes(which: Q) -> Iterator[VoteTold]:
    found = Vote.objects.filter(which).select_related("source", "revision", "withdrawn_by")
    for one in found.order_by("pk").iterator():
        yield VoteTold(
            vote=one.pk,
            entry_id=one.entry_id,
            source=one.source.name,
            authority=one.source.authority,
            category=f"{one.scheme}:{one.label}",
            voted_on=one.voted_on,
            revision=one.revision_id,
            since=one.revision.made_at,
            list_sha256=one.revision.list_sha256,
            withdrawn_by=one.withdrawn_by_id,
            withdrawn_at=one.withdrawn_by.made_at if one.withdrawn_by else None,
        )


def _names(entries: dict[int, int]) -> Iterator[NameTold]:
    named = Named.objects.filter(entry__in=entries).select_related("named_by__source")
    more = Naming.objects.filter(entry__in=entries).select_related("revision__source", "identifier")
    found = [(one.kind, one.digest, one.named_by, one.withdrawn_by_id) for one in named] + [
        (one.identifier.kind, one.identifier.digest, one.revision, one.withdrawn_by_id)
        for one in more
    ]
    for kind, digest, revision, withdrawn_by in sorted(
        found, key=lambda one: (one[2].pk, one[0], bytes(one[1]))
    ):
        yield NameTold(
            identifier=Identifier(IdentifierKind(kind), bytes(digest)),
            source=revision.source.name if revision.source else None,
            revision=revision.pk,
            since=revision.made_at,
            list_sha256=revision.list_sha256,
            withdrawn_by=withdrawn_by,
        )
