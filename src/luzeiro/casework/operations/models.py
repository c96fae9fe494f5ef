"""Operations, their targets, what happened to them, and what came of it.

The board's events and the ledger are append-only: the database itself refuses to change or remove
a row (migrations/0002). A number of an event is never seen before a lower one of its operation is.
"""

from typing import TYPE_CHECKING, Self
from uuid import uuid4

from django.db import models
from django.db.models import Index, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from luzeiro.casework.leads.models import Lead
from luzeiro.casework.officers.models import Officer, Role, Unit
from luzeiro.casework.operations.outcomes import Device, What
from luzeiro.casework.operations.states import State

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

_CASE = frozenset({Role.INVESTIGATOR, Role.SUPERVISOR, Role.COORDINATOR})


class TargetState(models.TextChoices):
    """`State`, in words."""

    PROPOSED = State.PROPOSED.value, pgettext_lazy("target", "proposed")
    AUTHORISED = State.AUTHORISED.value, pgettext_lazy("target", "authorised")
    READY = State.READY.value, pgettext_lazy("target", "ready")
    ENTERED = State.ENTERED.value, pgettext_lazy("target", "entered")
    SECURED = State.SECURED.value, pgettext_lazy("target", "secured")
    RESULT = State.RESULT.value, pgettext_lazy("target", "result")
    WITHDRAWN = State.WITHDRAWN.value, pgettext_lazy("target", "withdrawn")


class OutcomeWhat(models.TextChoices):
    """`What`, in words."""

    SEARCH = What.SEARCH.value, _("searches")
    ARREST = What.ARREST.value, _("arrests")
    CHARGED = What.CHARGED.value, _("people charged")
    DEVICE = What.DEVICE.value, _("devices seized")
    STORAGE_GB = What.STORAGE_GB.value, _("storage seized, GB")
    CHILD_IDENTIFIED = What.CHILD_IDENTIFIED.value, _("children identified")
    CHILD_SAFEGUARDED = What.CHILD_SAFEGUARDED.value, _("children safeguarded")
    WORKS_WITH_CHILDREN = What.WORKS_WITH_CHILDREN.value, _("suspects who work with children")
    LIVES_WITH_CHILDREN = What.LIVES_WITH_CHILDREN.value, _("suspects who live with children")
    PRODUCTION = What.PRODUCTION.value, _("suspected production")
    CONFIRMED = What.CONFIRMED.value, _("a watched file was found on a device")
    NOT_CONFIRMED = What.NOT_CONFIRMED.value, _("no watched file was found on a device")
    WRONG_ADDRESS = What.WRONG_ADDRESS.value, _("the address was wrong")
    RIGHT_ADDRESS = What.RIGHT_ADDRESS.value, _("the address was right")


class DeviceType(models.TextChoices):
    """`Device`, in words."""

    COMPUTER = Device.COMPUTER.value, _("computer")
    TELEPHONE = Device.TELEPHONE.value, _("telephone")
    STORAGE = Device.STORAGE.value, _("storage medium")
    CAMERA = Device.CAMERA.value, _("camera")
    OTHER = Device.OTHER.value, _("other device")


class OperationQuerySet(models.QuerySet["Operation"]):
    def visible_to(self, officer: Officer) -> Self:
        """Those that the officer's unit leads, is invited to, or takes part in."""
        if not officer.roles & _CASE:
            return self.none()
        invited = Participation.objects.filter(unit=officer.unit).exclude(accepted=False)
        return self.filter(Q(unit=officer.unit) | Q(pk__in=invited.values("operation")))


class Operation(models.Model):
    """Leads of many units, one plan, one clock."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(_("name"), max_length=80)
    edition = models.CharField(_("edition"), max_length=20, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="operations")
    proposed_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    h_hour_at = models.DateTimeField(null=True)
    fresh_days = models.PositiveSmallIntegerField(default=30)
    silent_minutes = models.PositiveSmallIntegerField(default=30)
    ended_at = models.DateTimeField(null=True)
    sample = models.BooleanField(default=False)

    objects = OperationQuerySet.as_manager()

    if TYPE_CHECKING:
        targets: RelatedManager["Target"]
        participations: RelatedManager["Participation"]
        events: RelatedManager["BoardEvent"]

    class Meta:
        ordering = ["-proposed_at", "id"]

    def __str__(self) -> str:
        return f"{self.name} {self.edition}".strip()


class Participation(models.Model):
    """A unit's invitation, and its answer."""

    operation = models.ForeignKey(
        Operation, on_delete=models.PROTECT, related_name="participations"
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="participations")
    invited_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    answered_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    accepted = models.BooleanField(null=True)

    class Meta:
        ordering = ["unit__name"]
        constraints = [UniqueConstraint(fields=["operation", "unit"], name="a_unit_once")]


class Target(models.Model):
    """A lead brought into an operation. The room knows it by its code."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="targets")
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="targets")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="targets")
    code = models.CharField(max_length=12)
    country = models.CharField(max_length=2)
    zone = models.CharField(max_length=60)
    state = models.CharField(
        max_length=10, choices=TargetState.choices, default=TargetState.PROPOSED
    )
    brought_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    brought_at = models.DateTimeField()
    order_number = models.CharField(_("order number"), max_length=60, blank=True)
    order_expires_on = models.DateField(_("order expires on"), null=True)
    people_at_risk = models.CharField(_("people at risk there"), max_length=300, blank=True)
    people_noted_at = models.DateTimeField(null=True)
    entered_at = models.DateTimeField(null=True)
    last_news_at = models.DateTimeField(null=True)
    production_at = models.DateTimeField(null=True)
    sample = models.BooleanField(default=False)

    if TYPE_CHECKING:
        outcomes: RelatedManager["Outcome"]

    class Meta:
        ordering = ["code"]
        constraints = [
            UniqueConstraint(fields=["operation", "lead"], name="a_lead_once_an_operation"),
            UniqueConstraint(fields=["operation", "code"], name="a_code_once_an_operation"),
        ]


class BoardEvent(models.Model):
    """One thing that the command room sees. Added under the operation's lock."""

    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="events")
    target = models.ForeignKey(Target, on_delete=models.PROTECT, null=True, related_name="events")
    kind = models.CharField(max_length=12)  # "state", "hour", "production"
    before = models.CharField(max_length=10, blank=True)
    after = models.CharField(max_length=40)
    at = models.DateTimeField()
    by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        indexes = [Index(fields=["operation", "id"], name="board_by_operation")]


class Outcome(models.Model):
    """One entry of the ledger."""

    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="outcomes")
    what = models.CharField(max_length=30, choices=OutcomeWhat.choices)
    detail = models.CharField(max_length=20, choices=DeviceType.choices, blank=True)
    count = models.PositiveIntegerField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="corrected_by"
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
