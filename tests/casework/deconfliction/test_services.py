import pytest

from luzeiro.casework.deconfliction.models import Claim, Transfer
from luzeiro.casework.deconfliction.refusals import (
    AlreadyClaimed,
    NotAnAddress,
    NotYours,
    OfferAnswered,
    OfferOpen,
    ToYourself,
)
from luzeiro.casework.deconfliction.services import (
    Notice,
    answer,
    claim_address,
    notice_for,
    offer,
    parse_address,
    release,
    standing_claim,
    touch,
)
from luzeiro.casework.journal.models import JournalEntry
from luzeiro.casework.leads.builder import rebuild
from luzeiro.casework.leads.models import Lead
from luzeiro.casework.officers.models import Officer, Unit
from tests.casework.world import NOW, Heap, a_lead, seen

ADDRESS = "192.0.2.1"


def test_the_first_of_two_claims_wins_and_the_second_is_told_whom_to_ask(
    ana: Officer, elisa: Officer
) -> None:
    claim_address(address=ADDRESS, by=ana, now=NOW)
    with pytest.raises(AlreadyClaimed, match="duty officer of Buenos Aires"):
        claim_address(address=ADDRESS, by=elisa, now=NOW)
    assert Claim.objects.get().unit == ana.unit
    assert JournalEntry.objects.get(deed="claim.refused").actor == elisa


def test_a_notice_says_who_and_how_to_reach_them_and_nothing_of_the_case(
    ana: Officer, elisa: Officer
) -> None:
    a_lead()
    claim_address(address=ADDRESS, by=ana, now=NOW)
    assert notice_for(ADDRESS, ana) is None
    assert notice_for(ADDRESS, elisa) == Notice("Buenos Aires", "duty officer of Buenos Aires")
    assert notice_for("192.0.2.99", elisa) is None


def test_claiming_again_renews(ana: Officer, carla: Officer) -> None:
    first = claim_address(address=ADDRESS, by=ana, now=NOW.replace(year=2025))
    assert claim_address(address=ADDRESS, by=carla, now=NOW).pk == first.pk
    assert Claim.objects.get().touched_at == NOW
    touch(address=ADDRESS, by=carla, now=NOW.replace(year=2027))
    assert Claim.objects.get().touched_at.year == 2027


def test_a_claim_puts_the_units_new_leads_in_work(ana: Officer) -> None:
    a_lead()
    claim_address(address=ADDRESS, by=ana, now=NOW)
    lead = Lead.objects.get()
    assert (lead.state, lead.assigned_to) == (Lead.State.WORKED, ana)


def test_a_released_address_is_free_for_all(ana: Officer, elisa: Officer) -> None:
    a_lead()
    claim = claim_address(address=ADDRESS, by=ana, now=NOW)
    offer(claim=claim, to=elisa.unit, reason="moved", by=ana, now=NOW)
    release(claim=claim, by=ana, now=NOW)
    assert Lead.objects.get().assigned_to is None
    assert Transfer.objects.get().accepted is False
    claim_address(address=ADDRESS, by=elisa, now=NOW)
    with pytest.raises(NotYours):
        release(claim=claim, by=ana, now=NOW)


def test_a_transfer_moves_nothing_until_it_is_accepted(
    ana: Officer, elisa: Officer, sao_paulo: Unit
) -> None:
    a_lead()
    claim = claim_address(address=ADDRESS, by=ana, now=NOW)
    made = offer(claim=claim, to=sao_paulo, reason="moved", by=ana, now=NOW)
    assert standing_claim(ADDRESS) == claim
    assert Lead.objects.get().unit == ana.unit
    answer(transfer=made, accepted=True, by=elisa, now=NOW)
    lead, moved = Lead.objects.get(), standing_claim(ADDRESS)
    assert moved is not None
    assert (lead.unit, lead.assigned_to, moved.unit) == (sao_paulo, elisa, sao_paulo)
    with pytest.raises(OfferAnswered):
        answer(transfer=made, accepted=False, by=elisa, now=NOW)


def test_a_transferred_lead_stays_where_it_is_when_leads_are_rebuilt(
    ana: Officer, elisa: Officer, sao_paulo: Unit
) -> None:
    heap = Heap(seen())
    rebuild(heap, now=NOW)
    claim = claim_address(address=ADDRESS, by=ana, now=NOW)
    made = offer(claim=claim, to=sao_paulo, reason="moved", by=ana, now=NOW)
    answer(transfer=made, accepted=True, by=elisa, now=NOW)
    rebuild(heap, now=NOW)
    assert Lead.objects.get().unit == sao_paulo


def test_a_declined_offer_changes_nothing(ana: Officer, elisa: Officer, sao_paulo: Unit) -> None:
    claim = claim_address(address=ADDRESS, by=ana, now=NOW)
    made = offer(claim=claim, to=sao_paulo, reason="moved", by=ana, now=NOW)
    with pytest.raises(OfferOpen):
        offer(claim=claim, to=sao_paulo, reason="again", by=ana, now=NOW)
    answer(transfer=made, accepted=False, by=elisa, now=NOW)
    assert Claim.objects.get().unit == ana.unit


def test_offers_that_make_no_sense_are_refused(
    ana: Officer, elisa: Officer, sao_paulo: Unit
) -> None:
    claim = claim_address(address=ADDRESS, by=ana, now=NOW)
    with pytest.raises(ToYourself):
        offer(claim=claim, to=ana.unit, reason="x", by=ana, now=NOW)
    with pytest.raises(ToYourself):
        offer(claim=claim, to=sao_paulo, reason="x", by=elisa, now=NOW)
    made = offer(claim=claim, to=sao_paulo, reason="x", by=ana, now=NOW)
    with pytest.raises(OfferAnswered):  # only the unit that it was made to answers
        answer(transfer=made, accepted=True, by=ana, now=NOW)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [(" 192.0.2.1 ", ADDRESS), ("::ffff:192.0.2.1", ADDRESS), ("2001:DB8::1", "2001:db8::1")],
)
def test_an_address_has_one_form(typed: str, meant: str) -> None:
    assert parse_address(typed) == meant


@pytest.mark.parametrize("typed", ["", "192.0.2.1/24", "example", "192.0.2.1:80", "'; --"])
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(NotAnAddress):
        parse_address(typed)
