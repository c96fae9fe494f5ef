import pytest

from luzeiro.casework.officers.models import (
    Certificate,
    Course,
    CourseSession,
    Enrolment,
    Officer,
    Role,
    Unit,
)
from tests.casework.world import officer, signed_in


@pytest.fixture
def tom(buenos_aires: Unit) -> Officer:
    return officer("tom", Role.TRAINER, of=buenos_aires, trained_until=None)


def test_from_a_course_to_a_printed_certificate(tom: Officer, ana: Officer, elisa: Officer) -> None:
    client = signed_in(tom)
    client.post("/training/courses/new", {"title": "The course", "validity_days": "365"})
    sent = {"course": Course.objects.get().pk, "on": "2026-03-04", "at": "12:00", "place": "Here"}
    client.post("/training/sessions/new", sent)
    session = CourseSession.objects.get()
    client.post(f"/training/sessions/{session.pk}/seats", {"officer": str(ana.pk)})
    seat = Enrolment.objects.get()
    client.post(f"/training/seats/{seat.pk}/result", {"passed": "yes"})
    again = client.post(f"/training/seats/{seat.pk}/result", {"passed": "no"}, follow=True)
    assert "It stays" in again.content.decode()
    path = f"/certificates/{Certificate.objects.get().pk}"
    for who in (tom, ana):
        assert "The course" in signed_in(who).get(path).content.decode()
    assert signed_in(elisa).get(path).status_code == 404
    assert "Ana" in client.get("/training/").content.decode()
    assert "Ana" in client.get(f"/training/sessions/{session.pk}").content.decode()


def test_mistakes_are_told(tom: Officer) -> None:
    client = signed_in(tom)
    assert client.post("/training/courses/new", {"title": ""}).status_code == 422
    assert client.post("/training/sessions/new", {"place": "x"}).status_code == 422
