"""People and what they must have to be let in: a unit, roles, an agreement, a certificate, MFA."""

from typing import Self
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

LANGUAGES = (("es", "Español"), ("pt-br", "Português (Brasil)"), ("en", "English"))


class Role(models.TextChoices):
    """What an officer is there for. An officer can have several."""

    INVESTIGATOR = "investigator", _("investigator")
    SUPERVISOR = "supervisor", _("supervisor")
    COORDINATOR = "coordinator", _("coordinator")
    CURATOR = "curator", _("curator")
    TRAINER = "trainer", _("trainer")
    AUDITOR = "auditor", _("auditor")
    ADMINISTRATOR = "administrator", _("administrator")


class Unit(models.Model):
    """A team with a jurisdiction. `contact` is what another unit is told, and nothing more."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(_("name"), max_length=120, unique=True)
    country = models.CharField(_("country"), max_length=2)  # ISO 3166-1 alpha-2
    contact = models.CharField(_("contact"), max_length=200)
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC")
    sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Jurisdiction(models.Model):
    """A country ("AR") or a first-level division ("AR-C") whose leads are the unit's.

    The most specific code wins, and no code is two units'.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="jurisdictions")
    code = models.CharField(max_length=6, unique=True)  # ISO 3166-1 or 3166-2


class OfficerQuerySet(models.QuerySet["Officer"]):
    def with_roles(self) -> Self:
        return self.select_related("unit").prefetch_related("grants")


class OfficerManager(BaseUserManager["Officer"]):
    """Finds officers with what the gate asks about them."""

    def get_queryset(self) -> OfficerQuerySet:
        return OfficerQuerySet(self.model, using=self._db).with_roles()


class Officer(AbstractBaseUser):
    """A person in a unit."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    login = models.CharField(_("login"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=120)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="officers")
    language = models.CharField(_("language"), max_length=5, choices=LANGUAGES, default="en")
    is_active = models.BooleanField(default=True)
    agreed_at = models.DateTimeField(null=True)
    trained_until = models.DateField(null=True)  # what the newest valid certificate says
    failures = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    totp_secret = models.CharField(max_length=200, blank=True)  # sealed, second_factor.py
    totp_step = models.BigIntegerField(default=0)  # the last step used: a code counts once
    created_at = models.DateTimeField()

    USERNAME_FIELD = "login"
    objects = OfficerManager()

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(Role(grant.role) for grant in self.grants.all())


class Grant(models.Model):
    """One role of one officer."""

    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=16, choices=Role.choices)

    class Meta:
        constraints = [UniqueConstraint(fields=["officer", "role"], name="a_role_once")]


class Passkey(models.Model):
    """A WebAuthn credential: its id and its public key; never a secret."""

    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="passkeys")
    credential_id = models.BinaryField(max_length=1023)
    credential = models.BinaryField(max_length=4096)  # attested credential data, WebAuthn 6.5.1
    sign_count = models.PositiveBigIntegerField(default=0)
    label = models.CharField(max_length=60)
    added_at = models.DateTimeField()


class RecoveryCode(models.Model):
    """One code for the day the telephone is lost; only its digest is kept."""

    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)


class OneTimeLink(models.Model):
    """A link that works once: only its digest is kept."""

    class Use(models.TextChoices):
        WELCOME = "welcome", _("first sign-in")
        SAMPLE = "sample", _("sample sign-in")

    digest = models.CharField(max_length=64, unique=True)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT)
    use = models.CharField(max_length=10, choices=Use.choices)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class FailedAttempt(models.Model):
    """A guess that failed, kept for a quarter of an hour to see how many come."""

    class Kind(models.TextChoices):
        LINK = "link"
        PASSWORD = "password"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    address = models.GenericIPAddressField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [Index(fields=["kind", "at"], name="attempts_of_late")]


class SignedIn(models.Model):
    """One session of one officer, as its list shows it."""

    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="sign_ins")
    session_key = models.CharField(max_length=40, unique=True)
    began_at = models.DateTimeField()
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=200, blank=True)


class Course(models.Model):
    """A course whose certificate opens the gate, for so many days."""

    title = models.CharField(_("title"), max_length=120)
    validity_days = models.PositiveSmallIntegerField(_("validity in days"), default=365)
    sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class CourseSession(models.Model):
    """A course given at one time and place."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="sessions")
    trainer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField(_("starts at"))
    place = models.CharField(_("place"), max_length=120)

    class Meta:
        ordering = ["-starts_at"]


class Enrolment(models.Model):
    """An officer's seat in a session, and how it went."""

    class Result(models.TextChoices):
        AWAITED = "awaited", _("awaited")
        PASSED = "passed", _("passed")
        FAILED = "failed", _("not passed")

    session = models.ForeignKey(CourseSession, on_delete=models.PROTECT, related_name="enrolments")
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="enrolments")
    result = models.CharField(max_length=8, choices=Result.choices, default=Result.AWAITED)
    recorded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [UniqueConstraint(fields=["session", "officer"], name="a_seat_once")]


class Certificate(models.Model):
    """What an officer passed, and until when it counts."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    enrolment = models.OneToOneField(Enrolment, on_delete=models.PROTECT)
    issued_on = models.DateField()
    valid_until = models.DateField()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(issued_on__lte=F("valid_until")), name="certificate_in_order"
            )
        ]


class ApiToken(models.Model):
    """A unit's key to the API; only its digest is kept."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="tokens")
    label = models.CharField(_("label"), max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    # The API goes through the door of the officer who answers for the token.
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="tokens")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
