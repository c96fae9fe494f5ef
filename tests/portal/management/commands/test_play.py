import pytest
from django.core.management import CommandError, call_command

from luzeiro.casework.operations.models import Operation
from luzeiro.portal.management.commands import play
from tests.casework.operations.cases import coordinator, operation
from tests.casework.world import NOW, unit


@pytest.mark.django_db
def test_without_a_sample_nothing_is_played() -> None:
    with pytest.raises(CommandError, match="demo load"):
        call_command("play")


@pytest.mark.django_db
def test_a_day_that_has_ended_is_not_played_again(monkeypatch: pytest.MonkeyPatch) -> None:
    made = operation(coordinator(unit(sample=True)))
    Operation.objects.filter(pk=made.pk).update(ended_at=NOW)
    monkeypatch.setattr(play, "load", lambda now: Operation.objects.get())  # noqa: ARG005
    with pytest.raises(CommandError, match="has ended"):
        call_command("play", "--seconds", "0")
