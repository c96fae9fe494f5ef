from datetime import datetime, timedelta

import pytest

from luzeiro.casework.operations import sample
from luzeiro.casework.operations.ledger import figures_of
from luzeiro.casework.operations.models import BoardEvent, Operation, Outcome, Target
from luzeiro.casework.operations.outcomes import What
from luzeiro.casework.operations.papers import write_communique
from luzeiro.casework.paper.typeset import text_of
from luzeiro.casework.requests.models import Provider, Request
from luzeiro.portal.sample import load as load_sample
from luzeiro.portal.sample import remove as remove_sample
from tests.casework.world import NOW


class Day:
    """A day that passes by waiting."""

    def __init__(self) -> None:
        self.at = NOW + timedelta(minutes=2)

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.mark.django_db
def test_the_sample_operation_is_played_to_66_arrests_and_removed_without_a_trace() -> None:
    load_sample(now=NOW)
    found = sample.load(now=NOW)
    assert sample.load(now=NOW) == found
    assert set(found.targets.values_list("state", flat=True)) == {"ready"}
    assert found.participations.filter(accepted=True).count() == 6
    day = Day()
    arrests = sample.play(found, over=timedelta(hours=4), now=day.now, sleep=day.sleep)
    figures = figures_of(found, as_of=day.at)
    assert dict(figures.by_country(What.ARREST)) == {
        "AR": 30, "BR": 26, "PY": 5, "US": 2, "EC": 2, "CR": 1,
    }  # fmt: skip
    assert arrests == figures.of(What.ARREST) == 66
    # One door was opened before the hour, and the rest after it.
    hour = Operation.objects.get().h_hour_at
    assert found.targets.filter(entered_at__lt=hour).count() in (1, 2)
    # One count was wrong at first: the ledger as of then says so still.
    assert figures_of(found, as_of=NOW + timedelta(hours=3)).of(What.ARREST) > 0
    assert Outcome.objects.exclude(corrects=None).count() >= 1
    assert set(Target.objects.values_list("state", flat=True)) == {"result"}
    text = " ".join(text_of(write_communique(figures, "pt", sample=True)).split())
    assert "66 pessoas presas em 6 países" in text
    remove_sample()
    for rows in (BoardEvent, Outcome, Target, Operation, Request, Provider):
        assert not rows.objects.exists()
