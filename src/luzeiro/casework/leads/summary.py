"""A lead in plain words, no stronger than its grade."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from luzeiro.casework.leads.models import Lead


def summary(lead: Lead) -> list[str]:
    """Whole sentences: what the address stated, how often, how far it can be taken."""
    files = ngettext(
        "This address stated that it holds one categorised file, whole or in part.",
        "This address stated that it holds %(entries)d categorised files, whole or in part.",
        lead.entries,
    ) % {"entries": lead.entries}
    seen = ngettext(
        "It was seen once, on one day.",
        "It was seen %(sightings)d times, on %(days)d days.",
        lead.sightings,
    ) % {"sightings": lead.sightings, "days": lead.days}
    return [files, seen, _strength(lead.grade), _reach(lead)]


def _strength(grade: str) -> str:
    if grade == "corroborated":
        return _(
            "The statements support one another: on two or more days, or twice under one "
            "installation's id."
        )
    return _("Each statement stands alone: nothing corroborates it yet.")


def _reach(lead: Lead) -> str:
    if not lead.resolvable:
        return _("As far as is known, the provider cannot name one subscriber for it.")
    if lead.doubts:
        return _("The provider may be able to name the subscriber; there are doubts, listed here.")
    return _("The provider should be able to name the subscriber. It does not say who sat there.")
