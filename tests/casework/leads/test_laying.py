from datetime import timedelta

import pytest

from luzeiro.casework.leads.laying import REFERENCES, lay_parts
from luzeiro.casework.leads.ranking import Parts
from luzeiro.observations.grade import Grade
from luzeiro.observations.record import UserId
from tests.casework.world import NOW, a_lead, seen

HOUR = timedelta(hours=1)


@pytest.mark.django_db
def test_a_lead_says_file_by_file_what_was_stated() -> None:
    lead = a_lead(
        seen(entry=7, ago=HOUR), seen(entry=7, grade=Grade.CORROBORATED), seen(entry=8)
    )  # fmt: skip
    seven, eight = lead.files.order_by("entry_id")
    assert (seven.sightings, seven.grade, seven.completeness) == (2, "corroborated", 100.0)
    assert seven.first_seen_at == NOW - HOUR
    assert eight.identifier == (b"\xee" * 16 + (8).to_bytes(4, "big")).hex()
    assert (lead.entries, lead.sightings, lead.grade) == (2, 3, "corroborated")


@pytest.mark.django_db
def test_a_lead_has_its_days_and_its_installs() -> None:
    users = (UserId("user_hash", b"\xab" * 16, durable=True),)
    lead = a_lead(seen(user_ids=users), seen(ago=24 * HOUR, user_ids=users), seen(ago=25 * HOUR))
    assert [day.sightings for day in lead.days_seen.all()] == [2, 1]
    install = lead.installs.get()
    assert (install.value, install.durable, install.sightings) == ("ab" * 16, True, 2)


@pytest.mark.django_db
def test_the_newest_sightings_are_kept_by_reference_and_no_more() -> None:
    lead = a_lead(*(seen(ago=timedelta(minutes=minute)) for minute in range(REFERENCES + 20)))
    assert lead.references.count() == REFERENCES
    assert lead.sightings == REFERENCES + 20
    assert lead.references.all()[0].seen_at == NOW


@pytest.mark.django_db
def test_the_gravest_category_stands_for_the_lead() -> None:
    assert a_lead(seen(category="caid-uk:C"), seen(category="caid-uk:A")).category == "caid-uk:A"


def test_reasons_are_kept_with_four_decimals() -> None:
    kept = lay_parts(Parts(1 / 3, 0, 0, 0, 0, 0, 1))
    assert kept["severity"] == 0.3333
    assert list(kept)[-1] == "role"
