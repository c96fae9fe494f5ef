"""Why an address cannot be claimed, released or handed over."""

from django.utils.translation import gettext_lazy as _

from luzeiro.casework.refusals import Refusal


class AlreadyClaimed(Refusal):
    message = _("%(unit)s already works this address. Talk to them: %(contact)s.")


class NotYours(Refusal):
    message = _("Your unit holds no claim on this address.")


class OfferOpen(Refusal):
    message = _("This address is already offered to another unit. Wait for its answer.")


class OfferAnswered(Refusal):
    message = _("This offer was answered already.")


class ToYourself(Refusal):
    message = _("Your unit has this address already. Choose another unit.")


class NotAnAddress(Refusal):
    message = _("%(text)s is not an IP address.")
