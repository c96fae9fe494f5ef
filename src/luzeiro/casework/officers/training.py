"""Courses, sessions, results, certificates that lapse."""

from datetime import datetime, timedelta

from django.db import transaction

from luzeiro.casework.journal.record import record
from luzeiro.casework.officers.models import (
    Certificate,
    Course,
    CourseSession,
    Enrolment,
    Officer,
)
from luzeiro.casework.officers.refusals import AlreadyRecorded


@transaction.atomic
def found_course(*, title: str, validity_days: int, by: Officer, now: datetime) -> Course:
    """Set up a course."""
    course = Course.objects.create(title=title, validity_days=validity_days, sample=by.unit.sample)
    record("course.founded", subject=course.pk, actor=by, at=now, facts={"title": title})
    return course


@transaction.atomic
def schedule(
    *, course: Course, starts_at: datetime, place: str, by: Officer, now: datetime
) -> CourseSession:
    """Put a session in the calendar."""
    session = CourseSession.objects.create(
        course=course, trainer=by, starts_at=starts_at, place=place
    )
    record("course.scheduled", subject=session.pk, actor=by, at=now)
    return session


@transaction.atomic
def enrol(*, session: CourseSession, officer: Officer, by: Officer, now: datetime) -> Enrolment:
    """Give an officer a seat; a second time changes nothing."""
    seat, fresh = Enrolment.objects.get_or_create(session=session, officer=officer)
    if fresh:
        record(
            "course.enrolled", subject=officer.pk, actor=by, at=now, facts={"session": session.pk}
        )
    return seat


@transaction.atomic
def record_result(
    *, enrolment: Enrolment, passed: bool, by: Officer, now: datetime
) -> Certificate | None:
    """Record how it went; who passed gets a certificate.

    Raises:
        AlreadyRecorded: it was recorded before.
    """
    seat = (
        Enrolment.objects.select_for_update(of=("self",))
        .select_related("session__course", "officer")
        .get(pk=enrolment.pk)
    )
    if seat.result != Enrolment.Result.AWAITED:
        raise AlreadyRecorded
    seat.result = Enrolment.Result.PASSED if passed else Enrolment.Result.FAILED
    seat.recorded_at = now
    seat.save(update_fields=["result", "recorded_at"])
    record("course.result", subject=seat.officer_id, actor=by, at=now, facts={"passed": passed})
    if not passed:
        return None
    until = now.date() + timedelta(days=seat.session.course.validity_days)
    certificate = Certificate.objects.create(
        enrolment=seat, issued_on=now.date(), valid_until=until
    )
    Officer.objects.filter(pk=seat.officer_id).update(trained_until=until)
    return certificate
