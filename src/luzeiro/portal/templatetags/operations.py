"""What templates say of returns, targets and alerts."""

from django import template
from django.utils.translation import gettext as _

from luzeiro.casework.operations.alerts import AlertKind
from luzeiro.casework.operations.models import TargetState
from luzeiro.casework.operations.words import alert_told
from luzeiro.casework.requests.returns import Fault

register = template.Library()


@register.filter
def fault(told: str) -> str:
    """How an answer differs from what was asked, as a sentence."""
    return {
        Fault.REFERENCE.value: _("It carries another reference."),
        Fault.UNKNOWN_LINE.value: _("This line was not asked."),
        Fault.TWICE.value: _("This line is answered twice."),
        Fault.MISSING.value: _("This line is not answered."),
        Fault.ADDRESS.value: _("It does not repeat the address."),
        Fault.PORT.value: _("It does not repeat the port."),
        Fault.NO_OFFSET.value: _("Its instant has no offset from UTC, or is none."),
        Fault.INSTANT.value: _("It is about another instant."),
        Fault.NOBODY.value: _("It names a subscriber and says there is no record, or neither."),
    }.get(told, told)


@register.filter
def alert(kind: AlertKind) -> str:
    """What has happened."""
    return alert_told(kind)


@register.filter
def target_state(told: str) -> str:
    """A target's state in words; a suspicion as one."""
    if told in TargetState.values:
        return str(TargetState(told).label)
    return _("suspected production") if told == "suspected" else told
