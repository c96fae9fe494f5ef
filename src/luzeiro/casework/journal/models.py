"""The journal: rows are added, in the transaction of the deed, and never changed or removed.

The database refuses both (migrations/0002): whatever the code above it does.
"""

from django.db import models


class JournalEntry(models.Model):
    """One deed: who, what, to what, why, when."""

    at = models.DateTimeField(db_index=True)
    deed = models.CharField(max_length=60, db_index=True)  # "lead.opened"
    actor = models.ForeignKey(
        "officers.Officer", on_delete=models.PROTECT, null=True, related_name="+"
    )
    unit = models.ForeignKey("officers.Unit", on_delete=models.PROTECT, null=True, related_name="+")
    subject = models.CharField(max_length=64, blank=True, db_index=True)
    purpose = models.CharField(max_length=200, blank=True)
    facts = models.JSONField(default=dict)
    sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "journal entries"


class Carried(models.Model):
    """When the journal was carried into the evidence log: one row a batch, only added, for people.

    What was carried is read from the log itself.
    """

    last_entry = models.BigIntegerField()
    log_index = models.BigIntegerField()
    carried_at = models.DateTimeField()
