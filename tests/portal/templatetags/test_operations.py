import pytest
from django.utils.translation import override

from luzeiro.casework.operations.alerts import AlertKind
from luzeiro.casework.operations.models import TargetState
from luzeiro.casework.requests.returns import Fault
from luzeiro.portal.templatetags.operations import alert, fault, target_state


@pytest.mark.parametrize("language", ["es", "pt-br", "en"])
def test_every_fault_is_a_sentence_in_each_language(language: str) -> None:
    with override(language):
        told = {fault(one.value) for one in Fault}
    assert len(told) == len(Fault)
    assert all(one.endswith(".") for one in told)


def test_alerts_and_states_are_words_and_the_unknown_stays_as_it_is() -> None:
    assert alert(AlertKind.EARLY) == "Entered before the hour"
    assert target_state("ready") == str(TargetState.READY.label)
    assert target_state("suspected") == "suspected production"
    assert target_state("2026-01-01") == "2026-01-01"
    assert fault("another") == "another"
