"""Why there is no report."""

from django.utils.translation import gettext_lazy as _

from luzeiro.casework.refusals import Refusal


class Withdrawn(Refusal):
    message = _(
        "Votes behind this lead were withdrawn, or it was merged into another. If it still stands, "
        "it is being built anew: try again in some minutes."
    )


class NothingToReport(Refusal):
    message = _("This lead has no records that a report could rest on.")


class ReportRefused(Refusal):
    message = _("The report does not read back as what was meant, and was not kept: %(why)s")


class WhyFirst(Refusal):
    message = _("Say first why you look at this lead.")
