from datetime import date, timedelta

from luzeiro.casework.officers.models import Unit
from luzeiro.casework.operations.editions import editions_of
from luzeiro.casework.operations.models import Operation
from luzeiro.casework.operations.services import propose
from tests.casework.operations.cases import coordinator, with_hour
from tests.casework.world import NOW


def test_editions_are_told_by_the_day_of_their_hour_the_earliest_first(buenos_aires: Unit) -> None:
    olga = coordinator(buenos_aires)
    later = propose(name="Luz", edition="IX", by=olga, now=NOW)
    propose(name="Luz", edition="", by=olga, now=NOW + timedelta(days=1))
    with_hour(later, olga, hours=72)
    found = editions_of(Operation.objects.all(), as_of=NOW + timedelta(days=9))
    assert [(one.label, one.on) for one in found] == [
        ("Luz", date(2026, 3, 5)),
        ("IX", date(2026, 3, 7)),
    ]
    assert {one.figures.as_of for one in found} == {NOW + timedelta(days=9)}
    assert found[1].figures.scope == "Luz IX"
