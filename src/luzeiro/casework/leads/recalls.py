"""Which leads' entries the catalogue no longer stands by."""

from luzeiro.casework.leads.models import LeadFile, RecalledEntry
from luzeiro.catalogue.rule import in_force
from luzeiro.catalogue.standing import speaking_for, standing


def withdrawn_entries() -> set[int]:
    """Entries that leads rest on and that have no category in force any more.

    Sample entries have numbers below zero; the catalogue knows nothing of them.
    """
    known = set(RecalledEntry.objects.values_list("entry_id", flat=True))
    used = LeadFile.objects.filter(entry_id__gt=0).values_list("entry_id", flat=True).distinct()
    wanted = set(used) - known
    speaks = speaking_for(wanted)
    votes = standing(set(speaks.values()))
    stood_by = {root for root, one in votes.items() if in_force(one.casts) is not None}
    return {entry for entry in wanted if speaks.get(entry) not in stood_by}
