import pytest
from django.db import IntegrityError, transaction

from luzeiro.casework.deconfliction.models import Claim
from luzeiro.casework.deconfliction.services import claim_address
from luzeiro.casework.officers.models import Officer
from tests.casework.world import NOW


def test_the_database_keeps_one_standing_claim_an_address(ana: Officer, elisa: Officer) -> None:
    claim_address(address="192.0.2.1", by=ana, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.create(
            address="192.0.2.1", unit=elisa.unit, officer=elisa, claimed_at=NOW, touched_at=NOW
        )
