"""Entries that are one file: merges, and taking them back.

A merge moves nothing. It is an edge between two entries; entries that standing edges join speak
through the oldest of them (`Entry.merged_into`). So undoing an edge gives back exactly what was.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable

from luzeiro.catalogue import bulk
from luzeiro.catalogue.models import Entry, Merge, Revision

_AT_ONCE = 400


def merge(pairs: Iterable[tuple[int, int]], revision: Revision) -> None:
    """Join pairs of entries."""
    pairs = list(pairs)
    if pairs:
        Merge.objects.bulk_create(
            (Merge(one_id=one, other_id=other, revision=revision) for one, other in pairs),
            batch_size=_AT_ONCE,
        )
        settle({entry for pair in pairs for entry in pair})


def undo(merges: Iterable[Merge], revision: Revision) -> set[int]:
    """Take standing merges back; gives the entries that were joined until now."""
    merges = [one for one in merges if one.undone_by_id is None]
    ends = {entry for one in merges for entry in (one.one_id, one.other_id)}
    members = joined_to(ends)
    for one in merges:
        one.undone_by = revision
        one.save(update_fields=["undone_by"])
    if merges:
        settle(members)
    return members


def parted() -> frozenset[frozenset[int]]:
    """Pairs of entries whose merge a curator has undone, and nobody has redone since."""
    undone = Merge.objects.filter(undone_by__kind=Revision.Kind.RESOLUTION)
    standing = set(Merge.objects.filter(undone_by=None).values_list("one_id", "other_id"))
    return frozenset(
        frozenset(pair) for pair in undone.values_list("one_id", "other_id") if pair not in standing
    )


def settle(entries: Collection[int]) -> None:
    """Let `merged_into` follow from the standing merges, for entries and all joined to them."""
    members = joined_to(entries)
    neighbours = _neighbours(members)
    root: dict[int, int] = {}
    for entry in sorted(members):  # the oldest of a component comes first and speaks for it
        waiting = [entry]
        while waiting:
            one = waiting.pop()
            if one not in root:
                root[one] = entry
                waiting += neighbours[one]
    into = {entry: None if speaks == entry else speaks for entry, speaks in root.items()}
    bulk.change_each(
        "UPDATE catalogue_entry SET merged_into_id = %s WHERE id = %s",
        [(into[entry], entry) for entry, before in _spoken_for(members) if into[entry] != before],
    )


def joined_to(entries: Collection[int]) -> set[int]:
    """All entries that standing merges join to these, and these."""
    members, fresh = set(entries), set(entries)
    while fresh:
        fresh = {entry for ofone in _neighbours(fresh).values() for entry in ofone} - members
        members |= fresh
    return members


def _neighbours(entries: Collection[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    ordered = sorted(entries)
    for start in range(0, len(ordered), _AT_ONCE):
        some = ordered[start : start + _AT_ONCE]
        standing = Merge.objects.filter(undone_by=None).values_list("one_id", "other_id")
        for one, other in standing.filter(one__in=some).union(standing.filter(other__in=some)):
            found[one].append(other)
            found[other].append(one)
    return found


def _spoken_for(entries: Collection[int]) -> list[tuple[int, int | None]]:
    ordered = sorted(entries)
    return [
        found
        for start in range(0, len(ordered), _AT_ONCE)
        for found in Entry.objects.filter(pk__in=ordered[start : start + _AT_ONCE]).values_list(
            "pk", "merged_into"
        )
    ]
