from django.utils import translation

from luzeiro.casework.leads.refusals import AlreadyAssigned
from luzeiro.casework.refusals import Refusal


def test_a_refusal_is_a_whole_sentence_in_the_language_in_force() -> None:
    refusal = AlreadyAssigned(holder="Ana")
    assert refusal.for_people() == "Ana already works this lead. Ask them to release it."
    with translation.override("es"):
        assert refusal.for_people() == "Ana ya trabaja esta pista. Pida que la libere."


def test_a_refusal_without_facts_takes_a_percent_sign_as_it_is() -> None:
    assert str(Refusal()) == "This cannot be done."
