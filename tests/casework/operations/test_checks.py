from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from luzeiro.casework.operations.checks import Check, Facts, failing
from luzeiro.casework.paper.instants import zone

AT = datetime(2026, 12, 3, 9, tzinfo=UTC)
MONTH = timedelta(days=30)
GOOD = Facts(
    last_seen_at=AT - timedelta(days=3),
    standing=True,
    usable_return=True,
    blocked_or_disagreeing=False,
    order_number="12/2026",
    order_expires_on=date(2026, 12, 3),
    worked_elsewhere=False,
    twice_in_operation=False,
    people_noted=True,
)
HERE = zone("America/Argentina/Buenos_Aires")


def test_a_target_of_which_all_holds_is_ready() -> None:
    assert failing(GOOD, at=AT, fresh=MONTH, zone=HERE) == []


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"last_seen_at": AT - timedelta(days=31)}, Check.FRESH),
        ({"last_seen_at": AT + timedelta(seconds=1)}, Check.FRESH),
        ({"standing": False}, Check.FRESH),
        ({"usable_return": False}, Check.RETURN),
        ({"blocked_or_disagreeing": True}, Check.RETURN),
        ({"order_number": " "}, Check.ORDER),
        ({"order_expires_on": None}, Check.ORDER),
        ({"order_expires_on": date(2026, 12, 2)}, Check.ORDER),
        ({"worked_elsewhere": True}, Check.DECONFLICTED),
        ({"twice_in_operation": True}, Check.DECONFLICTED),
        ({"people_noted": False}, Check.PEOPLE),
    ],
)
def test_each_check_fails_alone(changes: dict[str, object], check: Check) -> None:
    changed = replace(GOOD, **changes)  # type: ignore[arg-type]
    assert failing(changed, at=AT, fresh=MONTH, zone=HERE) == [check]


def test_an_order_expires_on_the_targets_own_day() -> None:
    # 02:00 UTC on the 4th is still the 3rd in Buenos Aires, and the 4th in Madrid.
    at = datetime(2026, 12, 4, 2, tzinfo=UTC)
    assert failing(GOOD, at=at, fresh=MONTH, zone=HERE) == []
    assert failing(GOOD, at=at, fresh=MONTH, zone=zone("Europe/Madrid")) == [Check.ORDER]
