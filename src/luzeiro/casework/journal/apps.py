"""Who did what, why and when."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JournalConfig(AppConfig):
    name = "luzeiro.casework.journal"
    label = "journal"
    verbose_name = _("journal")
