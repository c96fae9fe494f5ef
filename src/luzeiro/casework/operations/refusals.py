"""Why something cannot be done in an operation."""

from django.utils.translation import gettext_lazy as _

from luzeiro.casework.refusals import Refusal


class NotLeading(Refusal):
    message = _("Only a coordinator of the unit that leads the operation can do this.")


class InvitedAlready(Refusal):
    message = _("%(unit)s was invited already.")


class AnsweredAlready(Refusal):
    message = _("This invitation was answered already.")


class NotTakingPart(Refusal):
    message = _("Your unit does not take part in this operation.")


class TargetAlready(Refusal):
    message = _("This lead is a target of this operation already.")


class LeadNotToBring(Refusal):
    message = _("A recalled, merged or closed lead cannot become a target.")


class NotYourTarget(Refusal):
    message = _("This target is another unit's.")


class NoSuchMove(Refusal):
    message = _("A target that is %(before)s cannot become %(after)s.")


class NoOrder(Refusal):
    message = _("Give the order's number and the last day on which it may be carried out.")


class ChecksFail(Refusal):
    message = _("Not ready. What does not hold: %(checks)s.")


class OperationEnded(Refusal):
    message = _("This operation has ended. Its outcomes can still be added to and corrected.")


class HourPassed(Refusal):
    message = _("The hour must lie ahead, and no door may have been opened.")


class TooEarlyForOutcomes(Refusal):
    message = _("Outcomes are recorded once a target was entered.")


class CorrectedAlready(Refusal):
    message = _("This entry was corrected already. Correct the correction.")


class DeviceTypeMissing(Refusal):
    message = _("Say which type of device.")
