"""The language: the officer's own once she is signed in, else what her browser prefers."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

Answer = Callable[[HttpRequest], HttpResponse]


class OfficerLanguage:
    """Puts a language in force for one request."""

    def __init__(self, get_response: Answer) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = language_of(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self._answer(request)
        response["Content-Language"] = language
        return response


def language_of(request: HttpRequest) -> str:
    """The officer's, else the cookie's or the browser's, else English."""
    chosen: str = getattr(request.user, "language", "") or ""
    if chosen in dict(settings.LANGUAGES):
        return chosen
    return translation.get_language_from_request(request)
