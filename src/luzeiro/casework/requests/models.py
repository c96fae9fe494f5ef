"""Requests and returns. What a provider said is kept apart, for those who work the lead alone."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self
from uuid import uuid4

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from luzeiro.casework.leads.models import Lead
from luzeiro.casework.officers.models import Officer, Role, Unit
from luzeiro.casework.requests.document import Kind

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

CONTACT_LIVES = timedelta(days=365)
_CASE = frozenset({Role.INVESTIGATOR, Role.SUPERVISOR, Role.COORDINATOR})


class Provider(models.Model):
    """Whom to ask about an ASN's addresses, and when somebody last made sure of it."""

    asn = models.PositiveBigIntegerField(_("ASN"), unique=True)
    country = models.CharField(_("country"), max_length=2)
    organisation = models.CharField(_("organisation"), max_length=120)
    contact = models.CharField(_("contact for legal requests"), max_length=200)
    verified_at = models.DateTimeField()
    verified_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    retention_days = models.PositiveIntegerField(
        _("keeps records for so many days"), null=True, blank=True
    )
    keeps_ports = models.BooleanField(_("keeps which port was whose"), default=False)
    sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["country", "organisation", "asn"]

    def __str__(self) -> str:
        return f"AS{self.asn} {self.organisation}"

    def is_stale(self, now: datetime) -> bool:
        return now - self.verified_at > CONTACT_LIVES


class RequestQuerySet(models.QuerySet["Request"]):
    def visible_to(self, officer: Officer) -> Self:
        """Those of the officer's own unit."""
        return self.filter(unit=officer.unit) if officer.roles & _CASE else self.none()


class Request(models.Model):
    """One request about one lead. `document` is its JSON form, which nothing changes."""

    class State(models.TextChoices):
        DRAWN_UP = "drawn up", _("drawn up")
        APPROVED = "approved", _("approved")
        SENT = "sent", _("sent")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class What(models.TextChoices):
        PRESERVATION = Kind.PRESERVATION.value, _("preservation")
        SUBSCRIBER = Kind.SUBSCRIBER.value, _("subscriber")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    reference = models.CharField(max_length=40, unique=True)
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="requests")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="requests")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="requests")
    kind = models.CharField(max_length=12, choices=What.choices)
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAWN_UP)
    document = models.TextField()
    sha256 = models.CharField(max_length=64)
    pdf = models.BinaryField()
    first_lost_at = models.DateTimeField()
    last_lost_at = models.DateTimeField()
    drawn_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()
    approved_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    sample = models.BooleanField(default=False)

    objects = RequestQuerySet.as_manager()

    if TYPE_CHECKING:
        returns: RelatedManager["Return"]

    class Meta:
        ordering = ["first_lost_at", "id"]
        constraints = [
            CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("drawn_by")),
                name="a_second_person_approves",
            )
        ]


class Return(models.Model):
    """One answer of a provider, held against its request."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="returns")
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    form = models.CharField(max_length=4)  # "csv", "json", "form"
    raw_sha256 = models.CharField(max_length=64)
    answers = models.PositiveIntegerField()
    mismatches = models.JSONField(default=list)
    disagrees = models.BooleanField(default=False)  # with another return, or within itself
    sample = models.BooleanField(default=False)

    if TYPE_CHECKING:
        subscribers: RelatedManager["Subscriber"]

    class Meta:
        ordering = ["-received_at", "id"]

    @property
    def blocked(self) -> bool:
        """It does not repeat what was asked: nobody may use it, and nothing of it is kept."""
        return bool(self.mismatches)

    @property
    def usable(self) -> bool:
        return not self.mismatches and not self.disagrees


class Subscriber(models.Model):
    """What one line of a return says of a person. Where a line ends is not where its bill goes."""

    returned = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="subscribers")
    line = models.PositiveIntegerField()
    name = models.CharField(_("name"), max_length=300)
    document = models.CharField(_("identity document"), max_length=300)
    installation_address = models.CharField(_("installation address"), max_length=300)
    billing_address = models.CharField(_("billing address"), max_length=300)
    account = models.CharField(_("account"), max_length=300)
    service_from = models.CharField(_("service since"), max_length=300)
    service_until = models.CharField(_("service until"), max_length=300)

    class Meta:
        ordering = ["line"]
        constraints = [UniqueConstraint(fields=["returned", "line"], name="a_line_once_a_return")]
