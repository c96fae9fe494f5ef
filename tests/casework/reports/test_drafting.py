from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from luzeiro.casework.leads.builder import recall
from luzeiro.casework.leads.material import NOWHERE, Place
from luzeiro.casework.leads.models import Lead, RecalledEntry
from luzeiro.casework.officers.models import Unit
from luzeiro.casework.reports.document import ReportDocument
from luzeiro.casework.reports.drafting import Author, draw
from luzeiro.casework.reports.refusals import NothingToReport, Withdrawn
from luzeiro.casework.reports.written import read_json, write_json
from luzeiro.observations.grade import Grade
from luzeiro.observations.record import UserId
from luzeiro.places.flags import Flag
from tests.casework.world import NOW, a_lead, seen

pytestmark = pytest.mark.django_db(databases=["default", "catalogue"])


@pytest.fixture
def author(buenos_aires: Unit) -> Author:
    return Author(name="Ana", unit=buenos_aires)


def drawn(lead: Lead, by: Author, home: Path, *, at: datetime = NOW) -> ReportDocument:
    return draw(lead, language="en", number=UUID(int=1), by=by, home=home, now=at)


def test_every_value_is_the_leads_own(author: Author, tmp_path: Path) -> None:
    place = Place(country="AR", region="AR-C", asn=64_500, organisation="Invented",
                  flags=frozenset({Flag.CARRIER_GRADE_NAT}))  # fmt: skip
    lead = a_lead(
        seen(ago=timedelta(days=2), place=place),
        seen(entry=8, grade=Grade.CORROBORATED, place=place, source=False),
        seen(place=place, user_ids=(UserId("user_hash", b"\xab" * 16, durable=True),)),
    )
    made = drawn(lead, author, tmp_path)
    assert (made.address, made.lead, made.reference[:9]) == ("192.0.2.1", lead.pk, "AR-2026-R")
    assert made.files_in_all == ((Grade.CORROBORATED, 1), (Grade.STATED, 1))
    assert made.sightings_in_all == len(made.statements) == 3
    assert [one.seen_at for one in made.statements] == [NOW - timedelta(days=2), NOW, NOW]
    assert made.network.flags == (Flag.CARRIER_GRADE_NAT,)
    assert (made.network.asn, made.network.organisation) == (64_500, "Invented")
    assert made.installs[0].value == "ab" * 16
    assert made.doubts == tuple(lead.doubts) != ()
    assert made.zone == "America/Argentina/Buenos_Aires"
    assert read_json(write_json(made)) == made


def test_identifiers_are_shortened_since_a_whole_one_is_a_locator(
    author: Author, tmp_path: Path
) -> None:
    made = drawn(a_lead(), author, tmp_path)
    assert made.files[0].identifier == "eeeeeeee…"
    assert ("ee" * 16 + "00000007") not in write_json(made).decode()


def test_each_record_points_to_its_file_and_its_segment(author: Author, tmp_path: Path) -> None:
    made = drawn(a_lead(seen(entry=7), seen(entry=8)), author, tmp_path)
    for one in made.statements:
        assert one.file is not None
        assert made.segments[one.segment - 1].sha256 == "01" * 32
    assert {one.file for one in made.statements} == {1, 2}
    assert (made.segments[0].seal, made.segments[0].log_index) == (None, None)


def test_a_lead_that_no_table_places_has_the_units_clock(author: Author, tmp_path: Path) -> None:
    lead = a_lead(seen(place=NOWHERE))
    made = drawn(lead, author, tmp_path)
    assert made.zone == author.zone == "America/Argentina/Buenos_Aires"
    assert (made.network.country, made.reference[:2]) == ("", "XX")


def test_nobodys_lead_is_told_in_utc_by_the_hub(tmp_path: Path) -> None:
    made = drawn(a_lead(seen(place=NOWHERE)), Author(name="Luzeiro", unit=None), tmp_path)
    assert (made.zone, made.unit.name, made.unit.contact) == ("UTC", "Luzeiro", "")


def test_an_unknown_region_of_a_country_with_many_clocks_is_said_to_be_assumed(
    author: Author, tmp_path: Path
) -> None:
    assert drawn(a_lead(seen(place=Place(country="BR"))), author, tmp_path).zone_assumed
    other = a_lead(seen("192.0.2.2", place=Place(country="BR", region="BR-SP")))
    assert not drawn(other, author, tmp_path).zone_assumed


def test_an_expired_lead_says_so(author: Author, tmp_path: Path) -> None:
    lead = a_lead()
    assert not drawn(lead, author, tmp_path).expired
    later = drawn(lead, author, tmp_path, at=datetime(2026, 9, 1, tzinfo=UTC))
    assert later.expired


def test_nothing_is_reported_of_what_was_withdrawn(author: Author, tmp_path: Path) -> None:
    lead = a_lead(seen(entry=7), seen(entry=8))
    recall([8], reason="votes withdrawn", now=NOW)
    lead.refresh_from_db()
    with pytest.raises(Withdrawn):  # its counts are older than the recall
        drawn(lead, author, tmp_path)
    recall([7], reason="votes withdrawn", now=NOW)
    lead.refresh_from_db()
    with pytest.raises(Withdrawn):
        drawn(lead, author, tmp_path)


def test_a_withdrawal_that_no_rebuild_has_followed_yet_stops_a_report(
    author: Author, tmp_path: Path
) -> None:
    lead = a_lead()
    RecalledEntry.objects.create(entry_id=7, reason="x", recalled_at=NOW)
    with pytest.raises(Withdrawn):
        drawn(lead, author, tmp_path)


def test_a_lead_without_records_has_no_report(author: Author, tmp_path: Path) -> None:
    lead = a_lead()
    lead.references.all().delete()
    with pytest.raises(NothingToReport):
        drawn(lead, author, tmp_path)
