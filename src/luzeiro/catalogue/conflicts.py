"""The queue of what contradicts the catalogue, and merges: what a curator decides about them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from luzeiro.catalogue import bulk
from luzeiro.catalogue import setup as _setup  # noqa: F401 - before the models
from luzeiro.catalogue.errors import CatalogueError
from luzeiro.catalogue.known import Known
from luzeiro.catalogue.merging import undo
from luzeiro.catalogue.models import Conflict, Entry, Merge, Revision
from luzeiro.catalogue.rows import ListRow
from luzeiro.catalogue.standing import members_of
from luzeiro.catalogue.taking import Taking
from luzeiro.catalogue.withdrawing import By
from luzeiro.catalogue.writing import write
from luzeiro.observations.identifiers import Identifier, IdentifierKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A conflict as the queue shows it."""

    conflict: int
    kind: str
    entry_id: int
    told: str
    source: str
    list_revision: int
    at: str
    identifiers: tuple[Identifier, ...]
    size_bytes: int | None
    category: str
    outcome: str  # empty: it waits
    raised_at: datetime


def waiting(*, resolved: bool = False) -> Iterator[Waiting]:
    """Give the conflicts that wait, oldest first; with those that do not, if asked."""
    wanted = Conflict.objects.select_related("raised_by__source").order_by("pk")
    for one in (wanted if resolved else wanted.filter(outcome="")).iterator():
        yield Waiting(
            conflict=one.pk,
            kind=one.kind,
            entry_id=one.entry_id,
            told=one.told,
            source=one.raised_by.source.name if one.raised_by.source else "",
            list_revision=one.raised_by_id,
            at=one.at,
            identifiers=_names(one),
            size_bytes=one.size_bytes,
            category=f"{one.scheme}:{one.label}" if one.scheme else "",
            outcome=one.outcome,
            raised_at=one.raised_by.made_at,
        )


def resolve(number: int, outcome: Conflict.Outcome, by: By) -> int:
    """Decide a conflict; gives the revision of that decision.

    Args:
        number: the conflict's.
        outcome: DISMISSED, the row is wrong, or what it says is settled by withdrawing a vote;
            SEPARATE, the row is another file: its identifiers that are free name a new entry;
            JOINED, it is this file all the same, whose size is then held to be unknown.
        by: who decides.

    Raises:
        CatalogueError: there is none of that number, it is decided already, or it cannot be
            decided so.
    """
    with bulk.one_change():
        conflict = Conflict.objects.select_related("raised_by__source").filter(pk=number).first()
        if conflict is None or conflict.outcome:
            gone = f"is decided already: {conflict.outcome}" if conflict else "is not known"
            raise CatalogueError(f"Conflict {number} {gone}. See 'luzeiro catalogue conflicts'.")
        this = Revision.objects.create(
            kind=Revision.Kind.RESOLUTION,
            source=conflict.raised_by.source,
            made_at=by.at,
            made_by=by.who[:100],
            reason=(by.reason or f"conflict {number}: {outcome}")[:255],
        )
        if outcome is Conflict.Outcome.SEPARATE:
            _take(conflict, this, _free_names(conflict))
        elif outcome is Conflict.Outcome.JOINED:
            _join(conflict, this)
        conflict.outcome, conflict.resolved_by = outcome, this
        conflict.save(update_fields=["outcome", "resolved_by"])
        return this.pk


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """A merge that stands."""

    merge: int
    one: int
    other: int
    source: str
    revision: int
    made_at: datetime


def merges() -> Iterator[Merged]:
    """Give the merges that stand, oldest first."""
    wanted = Merge.objects.filter(undone_by=None).select_related("revision__source")
    for one in wanted.order_by("pk").iterator():
        yield Merged(
            merge=one.pk,
            one=one.one_id,
            other=one.other_id,
            source=one.revision.source.name if one.revision.source else "",
            revision=one.revision_id,
            made_at=one.revision.made_at,
        )


def unmerge(number: int, by: By) -> int:
    """Undo a merge: its entries are held to be two files from now on; gives the revision.

    Raises:
        CatalogueError: there is none of that number, or it is undone already.
    """
    with bulk.one_change():
        merge = Merge.objects.select_related("revision__source").filter(pk=number).first()
        if merge is None or merge.undone_by_id is not None:
            gone = f"was undone by revision {merge.undone_by_id}" if merge else "is not known"
            raise CatalogueError(
                f"Merge {number} {gone}. See 'luzeiro catalogue conflicts merges'."
            )
        this = Revision.objects.create(
            kind=Revision.Kind.RESOLUTION,
            source=merge.revision.source,
            made_at=by.at,
            made_by=by.who[:100],
            reason=(by.reason or f"merge {number} undone")[:255],
        )
        undo([merge], this)
        return this.pk


def _names(conflict: Conflict) -> tuple[Identifier, ...]:
    return tuple(
        Identifier(IdentifierKind(name.kind), bytes(name.digest))
        for name in conflict.names.order_by("pk")
    )


def _row(conflict: Conflict, names: tuple[Identifier, ...], size_bytes: int | None) -> ListRow:
    return ListRow(
        at=conflict.at,
        identifiers=names,
        size_bytes=size_bytes,
        voted_on=conflict.voted_on,
        key=conflict.list_key,
    )


def _free_names(conflict: Conflict) -> ListRow:
    names = _names(conflict)
    assert conflict.raised_by.source_id is not None
    known = Known(conflict.raised_by.source_id, [_row(conflict, names, None)])
    free = tuple(name for name in names if known.file_of(name) is None)
    if not free:
        raise CatalogueError(
            f"Each identifier in the row of conflict {conflict.pk} names an entry already, so "
            "there is no other file to make of it. Dismiss it, or withdraw what is wrong."
        )
    return _row(conflict, free, conflict.size_bytes)


def _join(conflict: Conflict, this: Revision) -> None:
    if conflict.kind != Conflict.Kind.TWO_SIZES:
        raise CatalogueError(
            f"Conflict {conflict.pk} is of kind {conflict.kind}: only two sizes can be one file. "
            "Decide it as separate or dismissed, or withdraw what is wrong."
        )
    names = _names(conflict)
    assert conflict.raised_by.source_id is not None
    known = Known(conflict.raised_by.source_id, [_row(conflict, names, None)])
    roots = {file.entry for name in names if (file := known.file_of(name)) is not None}
    Entry.objects.filter(pk__in=members_of(roots)).update(size_bytes=None)
    _take(conflict, this, _row(conflict, names, None))


def _take(conflict: Conflict, this: Revision, row: ListRow) -> None:
    source = conflict.raised_by.source_id
    assert source is not None
    taking = Taking(next_entry=bulk.next_id("catalogue_entry"), seen=set(), benign=set())
    known = Known(source, [row])
    changes = taking.take([(row, conflict.scheme, conflict.label)], known)
    if taking.entry is None:
        raise CatalogueError(
            f"Conflict {conflict.pk} cannot be decided so: {changes.conflicts[0].told}."
        )
    write(changes, this, source)
    bulk.numbered_to("catalogue_entry")
