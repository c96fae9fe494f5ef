from datetime import timedelta

import pytest

from luzeiro.casework.journal.models import JournalEntry
from luzeiro.casework.officers.attempts import LIMITS, WINDOW, check_allowed, count_attempt
from luzeiro.casework.officers.models import FailedAttempt
from luzeiro.casework.officers.refusals import TooManyAttempts
from tests.casework.world import NOW

LINK, PASSWORD = FailedAttempt.Kind.LINK, FailedAttempt.Kind.PASSWORD
pytestmark = pytest.mark.django_db


def fail(times: int, address: str, kind: FailedAttempt.Kind = LINK) -> None:
    for _ in range(times):
        check_allowed(kind, address=address, now=NOW)
        count_attempt(kind, address=address, now=NOW)


@pytest.mark.parametrize("kind", [LINK, PASSWORD])
def test_one_addresss_guesses_end_and_a_quarter_of_an_hour_opens(kind: FailedAttempt.Kind) -> None:
    fail(LIMITS[kind].of_one_address, "192.0.2.1", kind)
    with pytest.raises(TooManyAttempts):
        check_allowed(kind, address="192.0.2.1", now=NOW)
    check_allowed(kind, address="192.0.2.2", now=NOW)
    check_allowed(kind, address="192.0.2.1", now=NOW + WINDOW)


def test_guesses_of_links_from_many_addresses_end_too() -> None:
    limit = LIMITS[LINK].in_all
    assert limit is not None
    for number in range(limit):
        fail(1, f"2001:db8::{number:x}")
    with pytest.raises(TooManyAttempts):
        check_allowed(LINK, address="2001:db8::ffff", now=NOW)
    check_allowed(PASSWORD, address="2001:db8::ffff", now=NOW)


def test_the_journal_says_once_that_a_limit_was_reached() -> None:
    fail(LIMITS[LINK].of_one_address, "192.0.2.1")
    count_attempt(LINK, address="192.0.2.1", now=NOW)
    (entry,) = JournalEntry.objects.filter(deed="attempts.limited")
    assert entry.facts == {"kind": "link", "address": "192.0.2.1"}


def test_no_more_is_kept_than_a_window_holds() -> None:
    fail(5, "192.0.2.1")
    count_attempt(LINK, address="192.0.2.1", now=NOW + WINDOW + timedelta(seconds=1))
    assert FailedAttempt.objects.count() == 1


def test_every_failure_is_journalled_and_nothing_of_what_was_typed() -> None:
    fail(2, "192.0.2.1", PASSWORD)
    entries = JournalEntry.objects.filter(deed="attempt.failed")
    assert [one.facts for one in entries] == [{"kind": "password", "address": "192.0.2.1"}] * 2
    assert {one.actor for one in entries} == {None}
