from dataclasses import replace
from datetime import timedelta

import pytest

from luzeiro.casework.reports.document import Overstated
from luzeiro.observations.grade import Grade
from tests.casework.reports.documents import NOW, document, file, statement


def test_a_report_whose_records_carry_it_is_made() -> None:
    assert document().files_in_all == ((Grade.CORROBORATED, 1), (Grade.STATED, 1))


@pytest.mark.parametrize("grade", [Grade.HEARD, Grade.REACHED])
def test_hearsay_is_in_no_report(grade: Grade) -> None:
    with pytest.raises(Overstated, match="hearsay"):
        document(statements=(statement(1, grade=grade),))
    with pytest.raises(Overstated, match="hearsay"):
        document(files=(file(1, grade),), statements=(statement(1),))


def test_a_report_counts_no_file_weaker_than_it_lists_it() -> None:
    with pytest.raises(Overstated, match="stronger grade"):
        document(files_in_all=((Grade.STATED, 2),))


def test_no_record_is_stronger_than_its_file() -> None:
    with pytest.raises(Overstated, match="record 1 is graded above"):
        document(statements=(statement(1, grade=Grade.CORROBORATED, file=1),))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"address": "192.0.2.9"}, "another address"),
        ({"seen_at": NOW}, "outside of the lead's time"),
        ({"segment": 3}, "no segment"),
        ({"file": 3}, "no file"),
    ],
)
def test_a_record_that_is_none_of_the_leads_is_refused(
    changes: dict[str, object], why: str
) -> None:
    with pytest.raises(Overstated, match=why):
        document(statements=(statement(1, **changes),))


def test_a_report_rests_on_something() -> None:
    with pytest.raises(Overstated, match="nothing is left"):
        document(statements=())
    with pytest.raises(Overstated, match="nothing is left"):
        document(files=())
    with pytest.raises(Overstated, match="more records"):
        document(sightings_in_all=2)


def test_what_is_listed_is_numbered_and_every_instant_is_one() -> None:
    with pytest.raises(ValueError, match="numbered from 1"):
        document(statements=(statement(2),))
    with pytest.raises(ValueError, match="no offset"):
        document(as_of=NOW.replace(tzinfo=None))
    with pytest.raises(ValueError, match="no time zone"):
        document(zone="Mars/Olympus")
    with pytest.raises(ValueError, match="no report is written in"):
        document("fr")
    with pytest.raises(ValueError, match="before 2000"):
        replace(document(), first_seen_at=NOW - timedelta(days=40 * 365))
