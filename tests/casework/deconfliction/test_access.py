from datetime import timedelta

import pytest
from django.http import Http404

from luzeiro.casework.deconfliction.access import (
    STALE_AFTER,
    claim_for,
    claims_of,
    is_stale,
    offer_for,
    offers_of,
)
from luzeiro.casework.deconfliction.services import claim_address, offer
from luzeiro.casework.officers.models import Officer
from tests.casework.world import NOW


def test_claims_and_offers_of_other_units_are_not_there(ana: Officer, elisa: Officer) -> None:
    claim = claim_address(address="192.0.2.1", by=ana, now=NOW)
    made = offer(claim=claim, to=elisa.unit, reason="moved", by=ana, now=NOW)
    assert claim_for(ana, claim.pk) == claim
    assert not claims_of(elisa).exists()
    with pytest.raises(Http404):
        claim_for(elisa, claim.pk)
    assert offer_for(elisa, made.pk) == made
    with pytest.raises(Http404):
        offer_for(ana, made.pk)
    assert offers_of(ana).get() == offers_of(elisa).get() == made


def test_a_claim_that_nobody_touched_for_long_is_stale(ana: Officer) -> None:
    claim = claim_address(address="192.0.2.1", by=ana, now=NOW)
    assert not is_stale(claim, NOW + STALE_AFTER)
    assert is_stale(claim, NOW + STALE_AFTER + timedelta(seconds=1))
