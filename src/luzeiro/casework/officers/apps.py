"""People, units, training, roles."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OfficersConfig(AppConfig):
    name = "luzeiro.casework.officers"
    label = "officers"
    verbose_name = _("officers")
