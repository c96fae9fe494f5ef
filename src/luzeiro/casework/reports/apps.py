"""Investigators' reports: what was observed at an address, no stronger than its grades."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "luzeiro.casework.reports"
    label = "reports"
    verbose_name = _("reports")
