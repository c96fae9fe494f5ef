from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from luzeiro.evidence.signer import Signer
from luzeiro.evidence.verifier.statements import ENROLMENT, FIRST, SegmentSeal, write
from luzeiro.hub.ledger import Ledger, in_time
from luzeiro.hub.refusals import RefusedError, Why

NOW = datetime(2026, 3, 4, tzinfo=UTC)
HUB, COLLECTOR = Signer("luzeiro/hub/one", b"h" * 32), Signer("luzeiro/collector/a", b"c" * 32)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "ledger.sqlite3")
    opened.take_entry(0, HUB.sign(write(ENROLMENT, ("a", "north", COLLECTOR.key, "2026"))))
    yield opened
    opened.close()


def chain(count: int) -> list[SegmentSeal]:
    seals, previous = list[SegmentSeal](), FIRST
    for sequence in range(1, count + 1):
        seals.append(SegmentSeal("a", sequence, previous, "LZS1", 5, bytes(32), "2026", "2026"))
        previous = seals[-1].digest
    return seals


def test_a_collector_is_known_by_its_entry_in_the_log(ledger: Ledger) -> None:
    assert ledger.key_of("a") == COLLECTOR.key
    assert ledger.key_of("b") is None


def test_a_ticket_is_used_once_by_one_collector(ledger: Ledger) -> None:
    ledger.add_ticket("secret", "north", in_time(NOW, 1))
    assert ledger.use_ticket("secret", "a", NOW) == "north"
    assert ledger.use_ticket("secret", "a", NOW + timedelta(days=9)) == "north"
    for secret, collector in (("secret", "b"), ("other", "a")):
        with pytest.raises(RefusedError) as refused:
            ledger.use_ticket(secret, collector, NOW)
        assert refused.value.why is Why.TICKET


def test_an_old_ticket_is_refused_and_stays_unused(ledger: Ledger) -> None:
    ledger.add_ticket("secret", "north", in_time(NOW, 1))
    with pytest.raises(RefusedError, match="good until"):
        ledger.use_ticket("secret", "a", NOW + timedelta(hours=2))


def test_a_transaction_that_fails_changes_nothing(ledger: Ledger) -> None:
    with pytest.raises(ZeroDivisionError), ledger.writing():
        ledger.add_segment(chain(1)[0], 1, None)
        1 / 0  # noqa: B018 - it fails
    assert ledger.logged(chain(1)[0].digest) is None


def test_holes_are_told_until_they_are_filled(ledger: Ledger) -> None:
    seals = chain(7)
    for number in (1, 4, 6):
        ledger.add_segment(seals[number], number, None)
    assert ledger.missing("a") == ((1, 1), (3, 4), (6, 6))
    (standing,) = ledger.standings()
    assert (standing.segments, standing.sightings, standing.last_sequence) == (3, 15, 7)
    for number, seal in enumerate(seals):
        ledger.add_segment(seal, number, None)
    assert ledger.missing("a") == ()
    assert ledger.indices("a", 2, 4) == [1, 2, 3]


def test_a_chain_that_goes_two_ways_is_refused(ledger: Ledger) -> None:
    one, two, three = chain(3)
    ledger.add_segment(two, 1, None)
    ledger.check_chain(one)
    ledger.check_chain(three)
    for forked in (
        replace(one, sightings=6),
        replace(two, sightings=6),
        replace(three, previous=bytes(32)),
    ):
        with pytest.raises(RefusedError) as refused:
            ledger.check_chain(forked)
        assert refused.value.why is Why.FORKED


def test_entries_of_other_kinds_are_passed_over(ledger: Ledger) -> None:
    ledger.take_entry(1, HUB.sign("luzeiro/journal@v1\nsomething\n"))
    ledger.take_entry(2, b"not a note")
    ledger.take_entry(3, COLLECTOR.sign(chain(1)[0].text))
    found = ledger.logged(chain(1)[0].digest)
    assert found is not None
    assert (found.log_index, found.placed) == (3, False)
