"""Print the first administrator's one-time path, if nobody administers yet."""

from django.core.management.base import BaseCommand
from django.urls import reverse
from django.utils import timezone

from luzeiro.portal.first import first_link


class Command(BaseCommand):
    help = __doc__ or ""

    def handle(self, *_args: object, **_options: object) -> None:
        """Print the path, or nothing."""
        token = first_link(now=timezone.now())
        if token:
            self.stdout.write(reverse("officers:welcome", args=[token]))
