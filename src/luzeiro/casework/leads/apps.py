"""Addresses worth an officer's time."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LeadsConfig(AppConfig):
    name = "luzeiro.casework.leads"
    label = "leads"
    verbose_name = _("leads")
