"""The portal itself: pages, sign-in, what is sent to the browser."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "luzeiro.portal"
    label = "portal"
