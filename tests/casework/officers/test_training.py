from datetime import date

import pytest

from luzeiro.casework.officers.models import Certificate, Officer, Role, Unit
from luzeiro.casework.officers.refusals import AlreadyRecorded
from luzeiro.casework.officers.training import enrol, found_course, record_result, schedule
from tests.casework.world import NOW, officer


def test_who_passes_gets_a_certificate_that_lapses(buenos_aires: Unit) -> None:
    ana = officer("ana", Role.INVESTIGATOR, of=buenos_aires, trained_until=None)
    tom = officer("tom", Role.TRAINER, of=buenos_aires)
    course = found_course(title="Course", validity_days=365, by=tom, now=NOW)
    session = schedule(course=course, starts_at=NOW, place="Here", by=tom, now=NOW)
    seat = enrol(session=session, officer=ana, by=tom, now=NOW)
    assert enrol(session=session, officer=ana, by=tom, now=NOW) == seat
    certificate = record_result(enrolment=seat, passed=True, by=tom, now=NOW)
    assert certificate is not None
    assert certificate.valid_until == date(2027, 3, 4)
    assert Officer.objects.get(pk=ana.pk).trained_until == date(2027, 3, 4)
    with pytest.raises(AlreadyRecorded):
        record_result(enrolment=seat, passed=False, by=tom, now=NOW)


def test_who_does_not_pass_gets_none(buenos_aires: Unit, ana: Officer) -> None:
    tom = officer("tom", Role.TRAINER, of=buenos_aires)
    course = found_course(title="Course", validity_days=365, by=tom, now=NOW)
    session = schedule(course=course, starts_at=NOW, place="Here", by=tom, now=NOW)
    seat = enrol(session=session, officer=ana, by=tom, now=NOW)
    assert record_result(enrolment=seat, passed=False, by=tom, now=NOW) is None
    assert not Certificate.objects.exists()
