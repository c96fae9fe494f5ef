"""Why a request or a return cannot be made, approved, sent or used."""

from django.utils.translation import gettext_lazy as _

from luzeiro.casework.refusals import Refusal


class NoJurisdiction(Refusal):
    message = _("Luzeiro has no rules for %(country)s. Add the country's file first.")


class NoProvider(Refusal):
    message = _("Nobody has entered whom to ask about AS%(asn)s. Enter the provider first.")


class ProviderStale(Refusal):
    message = _("The contact of %(provider)s was last verified a year ago. Verify it again.")


class NothingResolvable(Refusal):
    message = _("No sighting of this lead can be resolved by the provider: %(reasons)s.")


class LeadNotStanding(Refusal):
    message = _("This lead was recalled or merged. Nothing may be asked about it.")


class WorkedElsewhere(Refusal):
    message = _("%(unit)s works this address. Talk to them first: %(contact)s.")


class SamePerson(Refusal):
    message = _("Whoever drew a request up cannot approve it. Ask another supervisor.")


class NoLongerSo(Refusal):
    message = _("Line %(line)s can no longer be resolved: %(reason)s. Draw the request up again.")


class WrongState(Refusal):
    message = _("This request is %(state)s: that cannot be done now.")


class AnswerUnreadable(Refusal):
    message = _("The answer cannot be read: %(why)s.")


class PaperRefused(Refusal):
    message = _("The papers do not read back as the request: %(why)s. Nothing was kept.")
