"""Why something cannot be done with a lead."""

from django.utils.translation import gettext_lazy as _

from luzeiro.casework.refusals import Refusal


class AlreadyAssigned(Refusal):
    message = _("%(holder)s already works this lead. Ask them to release it.")


class NotOfThisUnit(Refusal):
    message = _("%(officer)s is not of the unit that has this lead.")


class LeadRecalled(Refusal):
    message = _("This lead was recalled: the votes that it rested on were withdrawn.")


class ElsewhereWorked(Refusal):
    message = _("%(unit)s works this address. Talk to them first: %(contact)s.")


class SecondPersonNeeded(Refusal):
    message = _("Whoever asked for an export cannot approve it. Ask another supervisor.")


class ExportTaken(Refusal):
    message = _("This export has left once already. Ask for another.")


class ExportNotApproved(Refusal):
    message = _("This export is not approved yet.")


class NoSuchLead(Refusal):
    message = _("No lead has the id %(lead)s. 'luzeiro leads build' makes leads of what was seen.")


class LeadMerged(Refusal):
    message = _("This lead was merged into another one of %(address)s: take that one.")


class LeadOfSample(Refusal):
    message = _("This lead is of the sample: nobody saw it, so there is no evidence of it.")


class LeadWithoutSightings(Refusal):
    message = _("This lead has no sightings: 'luzeiro leads build' brings it up to date.")
