"""Which leads' entries the catalogue no longer stands by."""

from collections.abc import Iterable

from luzeiro.casework.leads.models import LeadFile, RecalledEntry
from luzeiro.catalogue.models import Vote
from luzeiro.catalogue.rule import Cast, in_force

_AT_ONCE = 400


def withdrawn_entries() -> set[int]:
    """Entries that leads rest on and that have no category in force any more.

    Sample entries have numbers below zero; the catalogue knows nothing of them.
    """
    known = set(RecalledEntry.objects.values_list("entry_id", flat=True))
    used = LeadFile.objects.filter(entry_id__gt=0).values_list("entry_id", flat=True).distinct()
    wanted = sorted(set(used) - known)
    found: set[int] = set()
    for place in range(0, len(wanted), _AT_ONCE):
        found |= _without_category(wanted[place : place + _AT_ONCE])
    return found


def _without_category(entries: Iterable[int]) -> set[int]:
    casts: dict[int, list[Cast]] = {entry: [] for entry in entries}
    votes = Vote.objects.filter(entry__in=list(casts), withdrawn_by=None).select_related("source")
    for vote in votes:
        casts[vote.entry_id].append(
            Cast(vote.source.name, vote.source.authority, vote.scheme, vote.label)
        )
    return {entry for entry, cast in casts.items() if in_force(cast) is None}
