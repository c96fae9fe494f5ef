from datetime import UTC, date, datetime, timedelta

import pytest

from luzeiro.casework.officers.models import Officer, Role, Unit
from luzeiro.casework.officers.standing import FRESH, Standing, is_fresh, standing
from tests.casework.world import officer

TODAY = date(2026, 3, 4)


def missing(who: Officer, *, factor: bool = True) -> Standing:
    return standing(who, has_second_factor=factor, today=TODAY)


def test_the_gate_asks_for_one_thing_after_another(buenos_aires: Unit) -> None:
    ana = officer("ana", Role.INVESTIGATOR, of=buenos_aires, trained_until=None)
    ana.agreed_at = None
    assert missing(ana, factor=False) is Standing.SECOND_FACTOR
    assert missing(ana) is Standing.AGREEMENT
    ana.agreed_at = datetime(2026, 1, 1, tzinfo=UTC)
    assert missing(ana) is Standing.TRAINING
    ana.trained_until = TODAY
    assert missing(ana) is Standing.ADMITTED


def test_a_certificate_counts_on_its_last_day_and_not_after(buenos_aires: Unit) -> None:
    lapsed = officer("ana", Role.AUDITOR, of=buenos_aires, trained_until=TODAY - timedelta(1))
    assert missing(lapsed) is Standing.TRAINING


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.TRAINER])
def test_who_sees_no_case_data_needs_no_certificate(role: Role, buenos_aires: Unit) -> None:
    first = officer("first", role, of=buenos_aires, trained_until=None)
    assert missing(first) is Standing.ADMITTED


def test_a_shown_second_factor_is_fresh_for_ten_minutes() -> None:
    now = datetime(2026, 3, 4, tzinfo=UTC)
    assert is_fresh((now - FRESH).timestamp(), now)
    assert not is_fresh((now - FRESH).timestamp() - 1, now)
    assert not is_fresh(0.0, now)
