"""Leads, and what they rest on. Files have categories and identifiers; content is nowhere."""

from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import uuid4

from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from luzeiro.casework.officers.models import Officer, Role, Unit

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class LeadQuerySet(models.QuerySet["Lead"]):
    def visible_to(self, officer: Officer) -> Self:
        """Her own unit's; a coordinator's also those that no unit's jurisdiction holds."""
        roles = officer.roles
        if Role.COORDINATOR in roles:
            return self.filter(Q(unit=officer.unit) | Q(unit=None))
        if roles & {Role.INVESTIGATOR, Role.SUPERVISOR}:
            return self.filter(unit=officer.unit)
        return self.none()

    def standing(self) -> Self:
        """Neither recalled nor merged into another."""
        return self.exclude(state__in=[Lead.State.RECALLED, Lead.State.MERGED])


class Lead(models.Model):
    """One address over one spell of activity, and the unit whose jurisdiction it lies in.

    It says what the address stated. It does not say who sat there.
    """

    class State(models.TextChoices):
        NEW = "new", _("new")
        WORKED = "worked", _("in work")
        CLOSED = "closed", _("closed")
        RECALLED = "recalled", _("recalled")
        MERGED = "merged", _("merged")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    address = models.GenericIPAddressField(_("address"), unpack_ipv4=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="leads")
    assigned_to = models.ForeignKey(
        Officer, on_delete=models.PROTECT, null=True, related_name="leads"
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.NEW)
    unit_fixed = models.BooleanField(default=False)  # transferred: the place no longer decides
    country = models.CharField(max_length=2, blank=True)
    region = models.CharField(max_length=6, blank=True)
    place = models.JSONField(default=dict)
    first_seen_at = models.DateTimeField(_("first seen"))
    last_seen_at = models.DateTimeField(_("last seen"))
    expires_at = models.DateTimeField()
    grade = models.CharField(max_length=12)
    category = models.CharField(max_length=140)  # the gravest
    networks = models.JSONField(default=list)
    sightings = models.PositiveIntegerField()
    entries = models.PositiveIntegerField()
    days = models.PositiveIntegerField()
    parts = models.JSONField(default=dict)
    score = models.FloatField()
    doubts = models.JSONField(default=list)
    resolvable = models.BooleanField()
    material_sha256 = models.CharField(max_length=64)
    built_at = models.DateTimeField()
    sample = models.BooleanField(default=False)

    objects = LeadQuerySet.as_manager()

    if TYPE_CHECKING:
        files: RelatedManager["LeadFile"]
        days_seen: RelatedManager["LeadDay"]
        installs: RelatedManager["LeadInstall"]
        references: RelatedManager["LeadReference"]
        notes: RelatedManager["Note"]
        tasks: RelatedManager["Task"]

    class Meta:
        ordering = ["-score", "id"]
        constraints = [
            CheckConstraint(condition=Q(first_seen_at__lte=F("last_seen_at")), name="lead_in_order")
        ]
        indexes = [
            # Order first, then what a row is left out for: a page is read, and nothing is sorted.
            Index(fields=["unit", "-score", "id", "state", "expires_at"], name="lead_by_score"),
            Index(
                fields=["unit", "-last_seen_at", "id", "state", "expires_at"], name="lead_by_time"
            ),
            # The map's counts come from this alone.
            Index(
                fields=["unit", "country", "region", "state", "expires_at", "score"],
                name="lead_by_region",
            ),
            Index(fields=["country", "region", "state"], name="lead_by_place"),
            Index(fields=["address", "first_seen_at"], name="lead_by_address"),
        ]

    def expired(self, now: datetime) -> bool:
        return self.expires_at <= now


class LeadFile(models.Model):
    """One entry that the address stated it holds. Its category; never its content or its name."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="files")
    entry_id = models.BigIntegerField(db_index=True)
    category = models.CharField(max_length=140)
    identifier_kind = models.CharField(max_length=16)
    identifier = models.CharField(max_length=128)  # hexadecimal
    completeness = models.FloatField(null=True)  # the most that was stated, per cent
    role = models.CharField(max_length=20)
    grade = models.CharField(max_length=12)
    sightings = models.PositiveIntegerField()
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        ordering = ["-last_seen_at", "entry_id"]
        constraints = [UniqueConstraint(fields=["lead", "entry_id"], name="an_entry_once_a_lead")]


class LeadDay(models.Model):
    """One UTC day of a lead's timeline."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="days_seen")
    day = models.DateField()
    sightings = models.PositiveIntegerField()
    entries = models.PositiveIntegerField()

    class Meta:
        ordering = ["day"]
        constraints = [UniqueConstraint(fields=["lead", "day"], name="a_day_once_a_lead")]


class LeadInstall(models.Model):
    """An id that the remote software gave itself: an installation, not a person."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="installs")
    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=64, db_index=True)  # hexadecimal
    durable = models.BooleanField()
    client = models.CharField(max_length=120, blank=True)
    # What follows from all of its appearances, at whatever address (installs.py).
    cloned = models.BooleanField(default=False)
    apart_km = models.FloatField(null=True)
    stays = models.JSONField(default=list)  # address, first and last seen, appearances
    install_sha256 = models.CharField(max_length=64, blank=True)
    sightings = models.PositiveIntegerField()
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        ordering = ["-durable", "-last_seen_at"]
        constraints = [UniqueConstraint(fields=["lead", "kind", "value"], name="an_id_once_a_lead")]


class LeadReference(models.Model):
    """Where the newest sightings of a lead lie: segment and position lead to the raw exchange."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="references")
    sighting_id = models.UUIDField()
    seen_at = models.DateTimeField()
    network = models.CharField(max_length=20)
    port = models.PositiveIntegerField()
    port_is_source = models.BooleanField()
    clock_error_s = models.FloatField(null=True)
    entry_id = models.BigIntegerField()
    grade = models.CharField(max_length=12)
    completeness = models.FloatField(null=True)
    segment = models.CharField(max_length=64)
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["-seen_at", "sighting_id"]
        constraints = [UniqueConstraint(fields=["lead", "sighting_id"], name="a_sighting_once")]


class SegmentRead(models.Model):
    """A segment that the builder has followed."""

    sha256 = models.CharField(max_length=64, unique=True)
    read_at = models.DateTimeField()
    sample = models.BooleanField(default=False)


class RecalledEntry(models.Model):
    """An entry whose votes were withdrawn: nothing may rest on it."""

    entry_id = models.BigIntegerField(unique=True)
    reason = models.CharField(max_length=200)
    recalled_at = models.DateTimeField()


class Weights(models.Model):
    """What each reason counts in a unit's ranking; a unit without a row has the usual weights."""

    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, related_name="weights")
    values = models.JSONField()


class Note(models.Model):
    """What an officer wrote down about a lead; added, never changed."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    text = models.CharField(max_length=2000)

    class Meta:
        ordering = ["-written_at"]


class Task(models.Model):
    """What is to be done about a lead."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="tasks")
    author = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    text = models.CharField(max_length=200)
    due_on = models.DateField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["done_at", "due_on", "id"]


class SavedView(models.Model):
    """A list's filters under a name; they are what stands in the address bar."""

    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="views")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=500)

    class Meta:
        ordering = ["name"]
        constraints = [UniqueConstraint(fields=["officer", "name"], name="a_view_name_once")]


class Export(models.Model):
    """A list of leads that is to leave the building: one asks, another approves, once it leaves."""

    asked_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    purpose = models.CharField(max_length=200)
    query = models.CharField(max_length=500)
    leads = models.PositiveIntegerField()
    approved_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at"]
