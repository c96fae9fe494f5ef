import pytest
from django.utils.translation import override

from luzeiro.casework.operations.alerts import AlertKind
from luzeiro.casework.operations.checks import Check
from luzeiro.casework.operations.words import alert_told, check_told


@pytest.mark.parametrize("language", ["es", "pt-br"])
def test_each_check_and_alert_is_a_sentence_in_each_language(language: str) -> None:
    for told, kinds in ((check_told, Check), (alert_told, AlertKind)):
        english = {kind: told(kind) for kind in kinds}  # type: ignore[operator]
        with override(language):
            for kind in kinds:
                assert told(kind) != english[kind]  # type: ignore[operator]
