import pytest

from luzeiro.casework.leads.counts import by_place
from luzeiro.casework.leads.models import Lead
from tests.casework.world import ARGENTINA, BRAZIL, a_lead, seen


@pytest.mark.django_db
def test_leads_are_counted_by_country_and_by_the_regions_of_one() -> None:
    for last, place in enumerate((ARGENTINA, ARGENTINA, BRAZIL), start=1):
        a_lead(seen(f"192.0.2.{last}", place=place))
    world = by_place(Lead.objects.all(), "")
    assert [(one.code, one.leads) for one in world] == [("AR", 2), ("BR", 1)]
    assert [(one.code, one.leads) for one in by_place(Lead.objects.all(), "BR")] == [("BR-SP", 1)]
