import pytest
from django.test import Client

from luzeiro.casework.officers.models import Officer
from tests.casework.world import signed_in


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("accepted", "language"),
    [("es-AR,es;q=0.9", "es"), ("pt-BR", "pt-br"), ("de", "en"), ("", "en")],
)
def test_a_stranger_gets_what_her_browser_prefers(accepted: str, language: str) -> None:
    answer = Client().get("/sign-in", headers={"accept-language": accepted})
    assert answer["Content-Language"] == language


def test_an_officers_own_language_wins(ana: Officer) -> None:
    Officer.objects.update(language="pt-br")
    answer = signed_in(ana).get("/leads/", headers={"accept-language": "es"})
    assert answer["Content-Language"] == "pt-br"
    assert "Pistas" in answer.content.decode()
