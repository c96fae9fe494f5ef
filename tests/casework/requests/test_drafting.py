from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from luzeiro.casework.leads.models import Lead, RecalledEntry
from luzeiro.casework.officers.models import Officer
from luzeiro.casework.requests.document import Kind
from luzeiro.casework.requests.drafting import candidates_of, draw, prospect, reasons_told
from luzeiro.casework.requests.refusals import (
    LeadNotStanding,
    NoJurisdiction,
    NoProvider,
    NothingResolvable,
    ProviderStale,
)
from luzeiro.casework.requests.selection import Reason
from luzeiro.places.flags import Flag
from tests.casework.requests.cases import lead, provider
from tests.casework.world import ARGENTINA, NOW, a_lead, seen


def test_a_request_takes_every_value_from_records(ana: Officer, carla: Officer) -> None:
    provider(carla, retention_days=90)
    of = lead()
    made, asked = draw(of, kind=Kind.SUBSCRIBER, language="en", number=uuid4(), by=ana, now=NOW)
    assert made.language == "es"  # the country's own: English is none of its languages
    assert made.provider.reference == f"AS{asked.asn}"
    assert {line.sighting.sighting_id for line in made.lines} == {
        one.sighting_id for one in of.references.all()
    }
    assert made.circumstances.retention == timedelta(days=90)
    assert not made.retention_assumed
    assert made.zone == "America/Argentina/Buenos_Aires"


def test_the_providers_period_comes_before_the_countrys_and_an_assumed_one_is_said(
    ana: Officer, carla: Officer
) -> None:
    provider(carla)
    made, _ = draw(lead(), kind=Kind.SUBSCRIBER, language="es", number=uuid4(), by=ana, now=NOW)
    assert made.retention_assumed
    assert made.circumstances.retention == timedelta(days=180)


def test_without_a_provider_or_with_a_stale_one_nothing_is_asked(carla: Officer) -> None:
    of = lead()
    with pytest.raises(NoProvider, match="64500"):
        prospect(of, now=NOW)
    provider(carla)
    with pytest.raises(ProviderStale):
        prospect(of, now=NOW + timedelta(days=366))


def test_a_country_without_a_file_and_a_recalled_lead_are_refused(carla: Officer) -> None:
    provider(carla)
    abroad = a_lead(seen("192.0.2.9", place=replace(ARGENTINA, country="UY", region="UY-MO")))
    with pytest.raises(NoJurisdiction, match="UY"):
        prospect(abroad, now=NOW)
    of = lead()
    of.state = Lead.State.RECALLED
    with pytest.raises(LeadNotStanding):
        prospect(of, now=NOW)


@pytest.mark.parametrize("flag", [Flag.VPN, Flag.TOR, Flag.HOSTING, Flag.CARRIER_GRADE_NAT])
def test_an_address_that_names_nobody_yields_no_request(
    ana: Officer, carla: Officer, flag: Flag
) -> None:
    provider(carla)
    of = a_lead(seen(place=replace(ARGENTINA, flags=frozenset({flag}))))
    with pytest.raises(NothingResolvable):
        draw(of, kind=Kind.SUBSCRIBER, language="es", number=uuid4(), by=ana, now=NOW)


def test_a_shared_address_is_asked_about_where_the_provider_keeps_ports(
    ana: Officer, carla: Officer
) -> None:
    provider(carla, keeps_ports=True)
    of = a_lead(seen(place=replace(ARGENTINA, flags=frozenset({Flag.CARRIER_GRADE_NAT}))))
    made, _ = draw(of, kind=Kind.SUBSCRIBER, language="es", number=uuid4(), by=ana, now=NOW)
    assert len(made.lines) == 1


def test_recalled_entries_and_unbounded_clocks_stay_out_with_their_reasons(
    carla: Officer,
) -> None:
    provider(carla)
    of = a_lead(seen(entry=1), seen(entry=2), seen(entry=3, clock_error_s=None))
    RecalledEntry.objects.create(entry_id=1, reason="withdrawn", recalled_at=NOW)
    found = prospect(of, now=NOW)
    assert found.choice.reasons() == {Reason.RECALLED: 1, Reason.CLOCK: 1}
    assert "reloj" in reasons_told(found.choice, "es")
    assert [one.recalled for one in candidates_of(of)].count(True) == 1
