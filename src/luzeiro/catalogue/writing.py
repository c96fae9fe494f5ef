"""Writing what a batch came to: bulk statements, keys in ascending order as indexes like it."""

from collections.abc import Sequence
from operator import itemgetter

from luzeiro.catalogue import bulk
from luzeiro.catalogue.known import SPELLED
from luzeiro.catalogue.merging import merge
from luzeiro.catalogue.models import Conflict, ConflictName, Revision
from luzeiro.catalogue.taking import Changes, Raised
from luzeiro.catalogue.torrents import pair

_VOTE_COLUMNS = (
    *("entry_id", "source_id", "scheme", "label", "voted_on", "list_key"),
    *("revision_id", "entered_by_id", "withdrawn_by_id"),
)


def write(changes: Changes, revision: Revision, source: int) -> None:
    """Write the changes of one batch as part of a revision; inside its transaction."""
    this = revision.pk
    bulk.insert(
        "catalogue_entry",
        ("id", "size_bytes", "added_by_id"),
        [(entry, size, this) for entry, size in changes.entries],
    )
    bulk.insert(
        "catalogue_identifier",
        ("kind", "digest", "entry_id", "named_by_id"),
        [
            (SPELLED[kind], digest, entry, this)
            for kind, digest, entry in sorted(changes.names, key=itemgetter(1))
        ],
    )
    bulk.change_each(
        "UPDATE catalogue_vote SET withdrawn_by_id = %s WHERE id = %s AND withdrawn_by_id IS NULL",
        [(this, vote) for vote in sorted(changes.withdrawn)],
    )
    bulk.insert("catalogue_vote", _VOTE_COLUMNS, _votes(changes, this, source))
    bulk.change_each(
        "UPDATE catalogue_entry SET size_bytes = %s WHERE id = %s",
        [(size, entry) for entry, size in sorted(changes.sizes.items())],
    )
    _rename(changes, this, source)
    for btih, btmh in changes.pairs:
        pair(btih, btmh)
    merge(changes.merges, revision)
    for raised in changes.conflicts:
        _raise(raised, revision)


def _votes(changes: Changes, this: int, source: int) -> Sequence[bulk.Row]:
    return [
        (
            *(vote.entry, source, vote.scheme, vote.label, vote.voted_on, vote.list_key),
            *(this, this, this if vote.superseded else None),
        )
        for vote in changes.votes
    ]


def _rename(changes: Changes, this: int, source: int) -> None:
    """Identifiers that were known: named anew, or by one more source."""
    columns = ("identifier_id", "entry_id", "source_id", "revision_id", "withdrawn_by_id")
    before = {
        revision.pk: revision.source_id
        for revision in Revision.objects.filter(
            pk__in={known.named_by for *_, known in changes.renewed}
        )
    }
    bulk.insert(
        "catalogue_naming",
        columns,
        (
            (identifier, known.entry, before[known.named_by], known.named_by, known.withdrawn_by)
            for identifier, _, known in changes.renewed
        ),
    )
    bulk.change_each(
        "UPDATE catalogue_identifier SET entry_id = %s, named_by_id = %s, withdrawn_by_id = NULL "
        "WHERE id = %s",
        [(entry, this, identifier) for identifier, entry, _ in changes.renewed],
    )
    bulk.insert(
        "catalogue_naming",
        columns,
        ((identifier, entry, source, this, None) for identifier, entry in changes.namings),
    )


def _raise(raised: Raised, revision: Revision) -> None:
    row = raised.row
    conflict = Conflict.objects.create(
        kind=raised.kind,
        entry_id=raised.entry,
        told=raised.told[:255],
        raised_by=revision,
        at=row.at[:255] if row else "",
        size_bytes=row.size_bytes if row else None,
        scheme=raised.scheme,
        label=raised.label,
        voted_on=row.voted_on if row else None,
        list_key=row.key if row else None,
    )
    for name in row.identifiers if row else ():
        ConflictName.objects.create(conflict=conflict, kind=name.kind, digest=name.digest)
