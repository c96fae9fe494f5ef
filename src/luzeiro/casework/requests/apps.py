"""Legal requests to providers, and what came back."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RequestsConfig(AppConfig):
    name = "luzeiro.casework.requests"
    label = "requests"
    verbose_name = _("requests")
