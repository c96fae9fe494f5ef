from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.test import RequestFactory

from luzeiro.casework.operations.refusals import NotTakingPart
from luzeiro.casework.operations.views.answers import told_to


def test_a_refusal_becomes_a_message_and_anything_else_goes_on_up() -> None:
    request = RequestFactory().get("/")
    request.session = {}  # type: ignore[assignment]
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
    with told_to(request):  # type: ignore[arg-type]
        raise NotTakingPart
    assert [str(one) for one in get_messages(request)] == [
        "Your unit does not take part in this operation."
    ]
