"""Checks and alerts as sentences, in the language in force."""

from django.utils.translation import gettext as _

from luzeiro.casework.operations.alerts import AlertKind
from luzeiro.casework.operations.checks import Check


def check_told(check: Check) -> str:
    """What must hold."""
    return {
        Check.FRESH: _("the lead stands and was seen lately enough"),
        Check.RETURN: _("a subscriber return repeats what was asked, and none disagrees"),
        Check.ORDER: _("the order has a number and has not expired on the day"),
        Check.DECONFLICTED: _("nobody else works the address, here or in another unit"),
        Check.PEOPLE: _("people at risk there were looked into"),
    }[check]


def alert_told(kind: AlertKind) -> str:
    """What has happened."""
    return {
        AlertKind.PRODUCTION: _("Suspected production: the aggravated track, at once"),
        AlertKind.EARLY: _("Entered before the hour"),
        AlertKind.SILENT: _("No news for too long"),
    }[kind]
