"""Many leads, one plan, one clock."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationsConfig(AppConfig):
    name = "luzeiro.casework.operations"
    label = "operations"
    verbose_name = _("operations")
