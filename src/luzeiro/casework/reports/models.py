"""Reports that were drawn up. `document` is the JSON form, which nothing changes."""

from typing import Self
from uuid import uuid4

from django.db import models

from luzeiro.casework.leads.models import Lead
from luzeiro.casework.officers.models import Officer, Unit


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, officer: Officer) -> Self:
        """Those of the leads that the officer may see: a lead that moves takes them along."""
        return self.filter(lead__in=Lead.objects.visible_to(officer))


class Report(models.Model):
    """One report about one lead, as it was known at one instant."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    reference = models.CharField(max_length=40, unique=True)
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="reports")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="reports")
    language = models.CharField(max_length=2)
    document = models.TextField()
    sha256 = models.CharField(max_length=64)  # of the JSON form
    pdf = models.BinaryField()
    pdf_sha256 = models.CharField(max_length=64)
    # Nobody, where the hub drew it up for a package; its lead may then be of no unit.
    drawn_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    drawn_at = models.DateTimeField()
    sample = models.BooleanField(default=False)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-drawn_at", "id"]
