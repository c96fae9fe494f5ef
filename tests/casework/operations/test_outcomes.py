from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luzeiro.casework.operations.outcomes import Entry, Rate, What, figures, in_force

AT = datetime(2026, 12, 3, 9, tzinfo=UTC)
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def entry(number: int, **changes: object) -> Entry:
    told: dict[str, object] = {
        "number": number,
        "target": "AR-001",
        "country": "AR",
        "what": What.ARREST,
        "detail": "",
        "count": 1,
        "recorded_at": AT + timedelta(minutes=number),
        "corrects": None,
        **changes,
    }
    return Entry(**told)  # type: ignore[arg-type]


def later(minutes: int = 10_000) -> datetime:
    return AT + timedelta(minutes=minutes)


def test_what_was_not_yet_recorded_does_not_count() -> None:
    ledger = [entry(1), entry(2)]
    assert figures(ledger, as_of=later(1), scope="s").of(What.ARREST) == 1
    assert figures(ledger, as_of=later(2), scope="s").of(What.ARREST) == 2


def test_a_correction_takes_the_place_of_what_it_corrects_from_then_on() -> None:
    ledger = [entry(1, count=3), entry(2, count=1, corrects=1)]
    assert figures(ledger, as_of=later(1), scope="s").of(What.ARREST) == 3
    assert figures(ledger, as_of=later(2), scope="s").of(What.ARREST) == 1


def test_a_correction_can_be_corrected_and_nought_takes_back() -> None:
    ledger = [entry(1, count=3), entry(2, count=1, corrects=1), entry(3, count=0, corrects=2)]
    found = figures(ledger, as_of=later(), scope="s")
    assert found.of(What.ARREST) == 0
    assert found.by_country(What.ARREST) == []


def test_figures_are_by_country_the_most_first() -> None:
    ledger = [entry(1, country="BR", count=2), entry(2, count=5), entry(3, country="CR")]
    found = figures(ledger, as_of=later(), scope="Operation IX")
    assert found.by_country(What.ARREST) == [("AR", 5), ("BR", 2), ("CR", 1)]
    assert (found.as_of, found.scope) == (later(), "Operation IX")


def test_devices_are_by_type() -> None:
    ledger = [
        entry(1, what=What.DEVICE, detail="computer", count=2),
        entry(2, what=What.DEVICE, detail="camera"),
        entry(3, what=What.DEVICE, detail="camera", count=0, corrects=2),
    ]
    assert figures(ledger, as_of=later(), scope="s").devices == {"computer": 2}


@UNHURRIED
@given(st.lists(st.tuples(st.integers(0, 5), st.none() | st.integers(0, 30)), max_size=30))
def test_however_it_is_corrected_each_chain_counts_its_last_entry_once(
    told: list[tuple[int, int | None]],
) -> None:
    ledger: list[Entry] = []
    open_ends: Counter[int] = Counter()
    for number, (count, wanted) in enumerate(told, start=1):
        corrects = wanted if wanted in open_ends else None
        ledger.append(entry(number, count=count, corrects=corrects))
        if corrects is not None:
            del open_ends[corrects]
        open_ends[number] = count
    found = figures(ledger, as_of=later(), scope="s")
    assert found.of(What.ARREST) == sum(open_ends.values())
    assert {one.number for one in in_force(ledger, later())} == set(open_ends)


@UNHURRIED
@given(st.integers(0, 40), st.integers(0, 40))
def test_the_past_does_not_change(known: int, since: int) -> None:
    before = [entry(number) for number in range(1, known + 1)]
    after = [
        entry(known + number, count=0, corrects=number if number <= known else None)
        for number in range(1, since + 1)
    ]
    as_of = later(known)
    assert figures(before, as_of=as_of, scope="s") == figures(
        [*before, *after], as_of=as_of, scope="s"
    )


@pytest.mark.parametrize(
    ("cases", "of", "low", "high"),
    [(0, 10, 0.0, 0.2775), (1, 66, 0.0027, 0.0810), (5, 10, 0.2366, 0.7634), (0, 0, 0.0, 1.0)],
)
def test_a_rate_has_wilsons_interval(cases: int, of: int, low: float, high: float) -> None:
    assert Rate(cases, of).interval == pytest.approx((low, high), abs=5e-4)


def test_the_measured_errors_are_counted_from_the_ledger() -> None:
    whats = [What.RIGHT_ADDRESS, What.WRONG_ADDRESS, What.CONFIRMED, What.CONFIRMED]
    ledger = [entry(n, what=what) for n, what in enumerate([*whats, What.NOT_CONFIRMED], 1)]
    found = figures(ledger, as_of=later(), scope="s")
    assert (found.wrong_addresses, found.not_confirmed) == (Rate(1, 2), Rate(1, 3))
