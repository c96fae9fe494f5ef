from datetime import timedelta

import pytest
from django.http import QueryDict

from luzeiro.casework.leads.filters import LeadFilter
from luzeiro.casework.leads.models import Lead
from luzeiro.casework.officers.models import Officer
from tests.casework.world import NOW, a_lead, seen


def asked(query: str) -> LeadFilter:
    return LeadFilter.read(QueryDict(query))


def test_the_address_bar_is_read_and_written_back_the_same() -> None:
    query = (
        "state=closed&country=AR&unit=01234567-89ab-cdef-0123-456789abcdef"
        "&address=192.0.2.1&sort=last"
    )
    assert asked(query).query() == query
    assert asked("").query() == ""
    assert asked("state=closed").query(state="open") == ""
    assert asked("unit=none").query() == "unit=none"


@pytest.mark.parametrize("query", ["state=x", "sort=%00", "sort=-score", "country=" + "A" * 500])
def test_what_cannot_be_read_asks_nothing_odd(query: str) -> None:
    read = asked(query)
    assert read.state == "open"
    assert read.sort == "score"
    assert len(read.country) <= 60


def test_each_filter_narrows(ana: Officer) -> None:
    lead = a_lead(seen(), seen("192.0.2.2", ago=timedelta(days=100)))

    def found(query: str) -> list[str]:
        leads = asked(query).apply(Lead.objects.all(), ana, NOW)
        return [one.address for one in leads]

    a_lead(seen("192.0.2.2", ago=timedelta(days=100)))
    assert found("") == ["192.0.2.1"]
    assert found("state=expired") == ["192.0.2.2"]
    assert found("country=ar&region=AR-C") == ["192.0.2.1"]
    assert found("country=BR") == found("region=AR-B") == found("mine=1") == []
    assert found("address=::ffff:192.0.2.1") == ["192.0.2.1"]
    assert found("address=somebody") == found("unit=none") == found("resolvable=no") == []
    assert found(f"unit={ana.unit_id}") == found("unit=nobody's") == ["192.0.2.1"]
    assert found("unit=00000000-0000-0000-0000-000000000000") == []
    Lead.objects.filter(pk=lead.pk).update(assigned_to=ana, state=Lead.State.WORKED)
    assert found("mine=1") == found("state=worked") == found("resolvable=yes") == ["192.0.2.1"]
