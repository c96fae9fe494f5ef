"""How a refusal reaches the officer: as a message on the page that she comes back to."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages

from luzeiro.casework.officers.requests import OfficerRequest
from luzeiro.casework.refusals import Refusal


@contextmanager
def told_to(request: OfficerRequest) -> Iterator[None]:
    """Say a refusal to the officer, and go on."""
    try:
        yield
    except Refusal as refusal:
        messages.error(request, refusal.for_people())
