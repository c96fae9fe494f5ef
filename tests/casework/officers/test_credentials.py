from datetime import timedelta

import pytest

from luzeiro.casework.journal.models import JournalEntry
from luzeiro.casework.officers.credentials import (
    FAILURES_ALLOWED,
    LINK_LIVES,
    LOCKED_FOR,
    change_password,
    check_password,
    digest_of,
    link_for,
    make_link,
    signed_in,
    use_link,
)
from luzeiro.casework.officers.models import Officer, OneTimeLink, Unit
from luzeiro.casework.officers.refusals import DeadLink, WrongCredentials
from tests.casework.world import NOW, PASSWORD, officer, unit

WELCOME = OneTimeLink.Use.WELCOME


def test_the_right_password_is_taken_however_the_login_is_typed(ana: Officer) -> None:
    assert check_password(login=" Ana ", password=PASSWORD, now=NOW) == ana


@pytest.mark.parametrize(("login", "password"), [("ana", "wrong"), ("nobody", PASSWORD)])
def test_one_sentence_for_every_failure(ana: Officer, login: str, password: str) -> None:  # noqa: ARG001
    with pytest.raises(WrongCredentials) as told:
        check_password(login=login, password=password, now=NOW)
    assert str(told.value) == str(WrongCredentials())


def test_the_fifth_failure_locks_and_a_quarter_of_an_hour_opens(ana: Officer) -> None:
    for _ in range(FAILURES_ALLOWED):
        with pytest.raises(WrongCredentials):
            check_password(login="ana", password="wrong", now=NOW)
    with pytest.raises(WrongCredentials):
        check_password(login="ana", password=PASSWORD, now=NOW)
    later = NOW + LOCKED_FOR
    assert check_password(login="ana", password=PASSWORD, now=later) == ana
    deeds = list(JournalEntry.objects.order_by("id").values_list("deed", flat=True))
    assert deeds == ["officer.failed"] * 4 + ["officer.locked"]


def test_only_a_whole_sign_in_forgives_failures(ana: Officer) -> None:
    for _ in range(FAILURES_ALLOWED - 1):
        with pytest.raises(WrongCredentials):
            check_password(login="ana", password="wrong", now=NOW)
    check_password(login="ana", password=PASSWORD, now=NOW)
    assert Officer.objects.get().failures == FAILURES_ALLOWED - 1
    signed_in(officer=ana, how="totp", now=NOW)
    assert Officer.objects.get().failures == 0


def test_who_has_left_cannot_sign_in(ana: Officer) -> None:  # noqa: ARG001
    Officer.objects.update(is_active=False)
    with pytest.raises(WrongCredentials):
        check_password(login="ana", password=PASSWORD, now=NOW)


def test_a_link_works_once_and_only_its_digest_is_kept(ana: Officer) -> None:
    token = make_link(officer=ana, use=WELCOME, by=None, now=NOW)
    assert OneTimeLink.objects.get().digest == digest_of(token)
    assert token not in str(OneTimeLink.objects.values())
    use_link(token=token, password="a password of her own", now=NOW)
    assert Officer.objects.get().check_password("a password of her own")
    with pytest.raises(DeadLink):
        use_link(token=token, password="another", now=NOW)


def test_a_link_dies_of_age_and_when_another_is_made(ana: Officer) -> None:
    first = make_link(officer=ana, use=WELCOME, by=None, now=NOW)
    second = make_link(officer=ana, use=WELCOME, by=None, now=NOW)
    with pytest.raises(DeadLink):
        link_for(first, NOW)
    assert link_for(second, NOW + LINK_LIVES - timedelta(seconds=1)).officer == ana
    with pytest.raises(DeadLink):
        link_for(second, NOW + LINK_LIVES)


@pytest.mark.parametrize("guess", ["", "x", "A" * 43, "A" * 5000, "\0"])
def test_a_guessed_link_is_dead(db: None, guess: str) -> None:  # noqa: ARG001
    with pytest.raises(DeadLink):
        link_for(guess, NOW)


def test_only_sample_officers_sign_in_by_link_alone(ana: Officer) -> None:
    with pytest.raises(ValueError, match="sample"):
        make_link(officer=ana, use=OneTimeLink.Use.SAMPLE, by=None, now=NOW)
    invented: Unit = unit("Sample", sample=True)
    make_link(officer=officer("x", of=invented), use=OneTimeLink.Use.SAMPLE, by=None, now=NOW)


def test_a_change_of_password_is_journalled_and_kills_a_link_that_could_set_another(
    ana: Officer,
) -> None:
    token = make_link(officer=ana, use=WELCOME, by=None, now=NOW)
    change_password(officer=ana, current=PASSWORD, password="a new sentence", now=NOW)
    assert check_password(login="ana", password="a new sentence", now=NOW) == ana
    with pytest.raises(DeadLink):
        link_for(token, NOW)
    entry = JournalEntry.objects.get(deed="officer.password-changed")
    assert (entry.actor, entry.subject) == (ana, str(ana.pk))


def test_guesses_at_a_change_of_password_count_as_at_the_sign_in(ana: Officer) -> None:
    for _ in range(FAILURES_ALLOWED):
        with pytest.raises(WrongCredentials):
            change_password(officer=ana, current="guess", password="a new sentence", now=NOW)
    with pytest.raises(WrongCredentials):
        change_password(officer=ana, current=PASSWORD, password="a new sentence", now=NOW)
    assert JournalEntry.objects.filter(deed="officer.locked").count() == 1
    assert check_password(login="ana", password=PASSWORD, now=NOW + LOCKED_FOR) == ana
