"""Who else works an address, without showing their case."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeconflictionConfig(AppConfig):
    name = "luzeiro.casework.deconfliction"
    label = "deconfliction"
    verbose_name = _("deconfliction")
