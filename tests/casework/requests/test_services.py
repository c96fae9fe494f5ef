from datetime import timedelta

import pytest
from django.db import IntegrityError

from luzeiro.casework.deconfliction.services import claim_address
from luzeiro.casework.journal.models import JournalEntry
from luzeiro.casework.leads.models import Lead, LeadReference, RecalledEntry
from luzeiro.casework.officers.models import Officer
from luzeiro.casework.paper.rows import Misread, rows_in
from luzeiro.casework.paper.typeset import text_of
from luzeiro.casework.requests import services
from luzeiro.casework.requests.document import Kind
from luzeiro.casework.requests.models import Request, Return, Subscriber
from luzeiro.casework.requests.papers import rows_of
from luzeiro.casework.requests.refusals import (
    LeadNotStanding,
    NoLongerSo,
    PaperRefused,
    SamePerson,
    WorkedElsewhere,
    WrongState,
)
from luzeiro.casework.requests.services import (
    approve,
    draw_up,
    see_subscribers,
    take,
    take_in,
    withdraw,
)
from luzeiro.casework.requests.written import read_json
from tests.casework.requests.cases import answers, lead, provider, request, returned, sent
from tests.casework.world import NOW


def deeds() -> list[str]:
    return list(JournalEntry.objects.order_by("pk").values_list("deed", flat=True))


def test_a_request_goes_from_a_lead_to_an_answer_and_each_deed_is_journalled(
    ana: Officer, carla: Officer
) -> None:
    provider(carla)
    made = sent(lead(), by=ana, approver=carla)
    back = returned(made, ana)
    assert back.usable
    assert back.subscribers.count() == 3
    assert deeds()[-5:] == [
        *("provider.verified", "request.drawn-up", "request.approved"),
        *("request.taken", "return.taken-in"),
    ]


def test_the_pdf_and_the_json_of_a_request_say_the_same(ana: Officer, carla: Officer) -> None:
    provider(carla)
    made = request(lead(), ana)
    document = read_json(made.document)
    assert rows_in(text_of(bytes(made.pdf))) == rows_of(document)
    assert document.reference == made.reference
    assert len(document.lines) == 3
    assert document.first_lost_at == made.first_lost_at


def test_what_does_not_read_back_is_not_kept(
    ana: Officer, carla: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider(carla)

    def broken(_document: object) -> object:
        raise Misread("the PDF does not read back as the request")

    monkeypatch.setattr(services, "seal", broken)
    with pytest.raises(PaperRefused):
        request(lead(), ana)
    assert not Request.objects.exists()


def test_nobody_approves_a_request_of_her_own(carla: Officer) -> None:
    provider(carla)
    made = request(lead(), carla)
    with pytest.raises(SamePerson):
        approve(request=made, by=carla, now=NOW)
    with pytest.raises(IntegrityError):  # nor does the database let it be written
        Request.objects.filter(pk=made.pk).update(approved_by=carla)


def test_a_request_is_approved_once(ana: Officer, carla: Officer) -> None:
    provider(carla)
    made = request(lead(), ana)
    approve(request=made, by=carla, now=NOW)
    with pytest.raises(WrongState):
        approve(request=made, by=carla, now=NOW)


def test_nothing_leaves_before_it_is_approved_or_after_it_is_withdrawn(
    ana: Officer, carla: Officer
) -> None:
    provider(carla)
    made = request(lead(), ana)
    with pytest.raises(WrongState):
        take(request=made, form="pdf", by=ana, now=NOW)
    withdraw(request=made, reason="a mistake", by=ana, now=NOW)
    with pytest.raises(WrongState):
        take(request=made, form="pdf", by=ana, now=NOW)
    with pytest.raises(WrongState):
        approve(request=made, by=carla, now=NOW)


def test_a_sent_request_is_not_withdrawn(ana: Officer, carla: Officer) -> None:
    provider(carla)
    made = sent(lead(), by=ana, approver=carla)
    with pytest.raises(WrongState):
        withdraw(request=made, reason="too late", by=ana, now=NOW)


def test_both_forms_are_given_and_the_first_marks_it_sent(ana: Officer, carla: Officer) -> None:
    provider(carla)
    made = sent(lead(), by=ana, approver=carla)
    later = NOW + timedelta(hours=1)
    assert take(request=made, form="json", by=ana, now=later) == made.document.encode()
    assert take(request=made, form="pdf", by=ana, now=later) == bytes(made.pdf)
    assert Request.objects.get().sent_at == NOW


def test_lines_are_judged_again_when_it_is_approved(ana: Officer, carla: Officer) -> None:
    provider(carla)
    of = lead()
    made = request(of, ana)
    with pytest.raises(NoLongerSo, match="Line 1"):
        approve(request=made, by=carla, now=NOW + timedelta(days=200))
    RecalledEntry.objects.create(entry_id=7, reason="withdrawn", recalled_at=NOW)
    with pytest.raises(NoLongerSo):
        approve(request=made, by=carla, now=NOW)
    RecalledEntry.objects.all().delete()
    LeadReference.objects.filter(lead=of).delete()
    with pytest.raises(NoLongerSo):
        approve(request=made, by=carla, now=NOW)
    Lead.objects.update(state=Lead.State.RECALLED)
    with pytest.raises(LeadNotStanding):
        approve(request=made, by=carla, now=NOW)


def test_an_address_that_another_unit_works_is_not_asked_about(
    ana: Officer, carla: Officer, elisa: Officer
) -> None:
    provider(carla)
    of = lead()
    made = request(of, ana)
    claim_address(address=of.address, by=elisa, now=NOW)
    with pytest.raises(WorkedElsewhere, match="São Paulo"):
        draw_up(lead=of, kind=Kind.PRESERVATION, language="es", by=ana, now=NOW)
    with pytest.raises(WorkedElsewhere):
        approve(request=made, by=carla, now=NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"port": "1"},
        {"address": "192.0.2.2"},
        {"at": "2026-03-03T12:00:00"},
        {"at": "2025-03-03T12:00:00Z"},
        {"reference": "AR-2026-0000000000"},
    ],
)
def test_an_answer_that_does_not_echo_is_blocked_and_nothing_of_it_is_kept(
    ana: Officer, carla: Officer, changes: dict[str, str]
) -> None:
    provider(carla)
    back = returned(sent(lead(), by=ana, approver=carla), ana, **changes)
    assert back.blocked
    assert not back.usable
    assert not Subscriber.objects.exists()
    assert "Sample" not in str(back.mismatches)
    assert deeds()[-1] == "return.blocked"


def test_an_answer_to_what_was_never_sent_is_refused(ana: Officer, carla: Officer) -> None:
    provider(carla)
    made = request(lead(), ana)
    with pytest.raises(WrongState):
        take_in(request=made, raw=b"", answers=answers(made), form="csv", by=ana, now=NOW)
    assert not Return.objects.exists()


def test_two_answers_that_disagree_are_both_flagged(ana: Officer, carla: Officer) -> None:
    provider(carla)
    of = lead()
    first = returned(sent(of, by=ana, approver=carla), ana)
    assert first.usable
    second = returned(
        sent(of, by=ana, approver=carla), ana, NOW + timedelta(days=1), document="11.111.111"
    )
    assert second.disagrees
    assert Return.objects.get(pk=first.pk).disagrees


def test_two_answers_that_agree_are_not(ana: Officer, carla: Officer) -> None:
    provider(carla)
    of = lead()
    returned(sent(of, by=ana, approver=carla), ana)
    returned(sent(of, by=ana, approver=carla), ana, billing_address="Elsewhere 9")
    assert not Return.objects.filter(disagrees=True).exists()


def test_installation_and_billing_address_stay_apart(ana: Officer, carla: Officer) -> None:
    provider(carla)
    returned(sent(lead(), by=ana, approver=carla), ana)
    one = Subscriber.objects.all()[0]
    assert (one.installation_address, one.billing_address) == ("Sample Street 1", "Other Street 2")


def test_that_somebody_saw_a_subscriber_is_journalled(ana: Officer, carla: Officer) -> None:
    provider(carla)
    back = returned(sent(lead(), by=ana, approver=carla), ana)
    see_subscribers(returned=back, purpose="investigation", by=ana, now=NOW)
    entry = JournalEntry.objects.order_by("-pk")[0]
    assert (entry.deed, entry.subject, entry.purpose) == (
        "subscriber.seen",
        str(back.pk),
        "investigation",
    )
