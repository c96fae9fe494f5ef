import pytest
from django.utils.translation import override

from luzeiro.casework.operations.alerts import AlertKind
from luzeiro.casework.operations.checks import Check
from luzeiro.casework.operations.words import alert_told, check_told


def every_sentence() -> list[str]:
    return [*map(check_told, Check), *map(alert_told, AlertKind)]


@pytest.mark.parametrize("language", ["es", "pt-br"])
def test_each_check_and_alert_is_a_sentence_in_each_language(language: str) -> None:
    english = every_sentence()
    with override(language):
        assert not set(every_sentence()) & set(english)
