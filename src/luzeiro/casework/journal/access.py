"""The one door to the journal: an auditor reads all units', whole."""

from datetime import datetime

from django.db.models import Count, Q, QuerySet

from luzeiro.casework.journal.models import JournalEntry


def entries(*, actor: str, deed: str, subject: str) -> QuerySet[JournalEntry]:
    """Entries, newest first; empty text asks nothing."""
    asked = Q()
    if actor:
        asked &= Q(actor__login=actor.lower())
    if deed:
        asked &= Q(deed=deed)
    if subject:
        asked &= Q(subject=subject)
    return JournalEntry.objects.filter(asked).select_related("actor", "unit")


def deeds() -> list[str]:
    """Every kind of deed that was recorded."""
    return sorted(JournalEntry.objects.order_by().values_list("deed", flat=True).distinct())


def volumes(since: datetime) -> list[dict[str, object]]:
    """How much each officer opened, revealed and exported since an instant; most first."""
    counted = JournalEntry.objects.filter(at__gte=since, actor__isnull=False).order_by()
    found = (
        counted.values("actor__name", "actor__login", "unit__name")
        .annotate(
            opened=Count("id", filter=Q(deed="lead.opened")),
            revealed=Count("id", filter=Q(deed="lead.revealed")),
            exported=Count("id", filter=Q(deed="export.taken")),
            refused=Count("id", filter=Q(deed__in=["claim.refused", "officer.locked"])),
        )
        .order_by("-opened", "actor__name")
    )
    return [dict(row) for row in found]
