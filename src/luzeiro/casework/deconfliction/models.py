"""Claims: which unit works an address. One standing claim an address, in the whole hub."""

from django.db import models
from django.db.models import Q, UniqueConstraint

from luzeiro.casework.officers.models import Officer, Unit


class Claim(models.Model):
    """A unit works an address, from one instant to another."""

    address = models.GenericIPAddressField(unpack_ipv4=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="claims")
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="claims")
    claimed_at = models.DateTimeField()
    touched_at = models.DateTimeField()  # when somebody of the unit last opened or renewed it
    released_at = models.DateTimeField(null=True)
    sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["touched_at"]
        constraints = [
            UniqueConstraint(
                fields=["address"], condition=Q(released_at=None), name="one_claim_an_address"
            )
        ]


class Transfer(models.Model):
    """An offer to hand an address to another unit; nothing moves until that unit accepts."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="transfers")
    to_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="offered")
    offered_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField()
    reason = models.CharField(max_length=200)
    answered_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    accepted = models.BooleanField(null=True)

    class Meta:
        ordering = ["-offered_at"]
        constraints = [
            UniqueConstraint(
                fields=["claim"], condition=Q(answered_at=None), name="one_open_offer_a_claim"
            )
        ]
