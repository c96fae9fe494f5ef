from luzeiro.casework.deconfliction.models import Claim, Transfer
from luzeiro.casework.deconfliction.services import claim_address
from luzeiro.casework.journal.models import JournalEntry
from luzeiro.casework.officers.models import Officer
from tests.casework.world import NOW, a_lead, signed_in


def test_any_address_can_be_asked_about_and_the_question_is_journalled(
    ana: Officer, elisa: Officer
) -> None:
    claim_address(address="192.0.2.1", by=ana, now=NOW)
    client = signed_in(elisa)
    told = client.post("/addresses/check", {"address": "192.0.2.1", "purpose": "investigation"})
    assert "Buenos Aires works this address" in told.content.decode()
    assert "duty officer of Buenos Aires" in told.content.decode()
    assert "Ana" not in told.content.decode()
    entry = JournalEntry.objects.get(deed="address.checked")
    assert (entry.actor, entry.subject, entry.purpose) == (elisa, "192.0.2.1", "investigation")
    free = client.post("/addresses/check", {"address": "192.0.2.9", "purpose": "investigation"})
    assert "Nobody in this hub works this address" in free.content.decode()


def test_no_purpose_or_no_address_gets_no_answer(elisa: Officer) -> None:
    client = signed_in(elisa)
    for sent in ({"address": "192.0.2.1"}, {"address": "x", "purpose": "triage"}):
        assert client.post("/addresses/check", sent).status_code == 422
    assert not JournalEntry.objects.filter(deed="address.checked").exists()


def test_an_address_goes_from_one_unit_to_another(ana: Officer, elisa: Officer) -> None:
    a_lead()
    hers, theirs = signed_in(ana), signed_in(elisa)
    hers.post("/addresses/claim", {"address": "192.0.2.1"})
    claim = Claim.objects.get()
    sent = {"unit": str(elisa.unit.pk), "reason": "moved"}
    assert theirs.post(f"/claims/{claim.pk}/offer", sent).status_code == 404
    hers.post(f"/claims/{claim.pk}/offer", {"unit": "x"})
    assert not Transfer.objects.exists()
    hers.post(f"/claims/{claim.pk}/offer", sent)
    made = Transfer.objects.get()
    assert "Buenos Aires offers you 192.0.2.1" in theirs.get("/claims/").content.decode()
    assert hers.post(f"/offers/{made.pk}/answer", {"accept": "yes"}).status_code == 404
    theirs.post(f"/offers/{made.pk}/answer", {"accept": "yes"})
    assert Claim.objects.get().unit == elisa.unit
    again = theirs.post(f"/offers/{made.pk}/answer", {"accept": "no"}, follow=True)
    assert "answered already" in again.content.decode()


def test_stale_claims_stand_out_and_can_be_released(ana: Officer, carla: Officer) -> None:
    claim = claim_address(address="192.0.2.1", by=ana, now=NOW.replace(year=2025))
    client = signed_in(carla)
    assert ">stale<" in client.get("/claims/").content.decode()
    client.post(f"/claims/{claim.pk}/release")
    assert "192.0.2.1" not in client.get("/claims/").content.decode()
    assert signed_in(ana).post(f"/claims/{claim.pk}/release").status_code == 404
