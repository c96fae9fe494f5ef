"""A request that the gate let through."""

from django.http import HttpRequest

from luzeiro.casework.officers.models import Officer


class OfficerRequest(HttpRequest):
    """The gate made sure of the officer."""

    user: Officer
