"""The trainer's pages: courses, sessions, results; certificates to print."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luzeiro.casework.officers.forms import CourseForm, EnrolForm, SessionForm
from luzeiro.casework.officers.models import (
    Certificate,
    Course,
    CourseSession,
    Enrolment,
    Officer,
    Role,
)
from luzeiro.casework.officers.requests import OfficerRequest
from luzeiro.casework.officers.training import enrol, found_course, record_result, schedule
from luzeiro.casework.refusals import Refusal


@require_safe
def training(request: OfficerRequest) -> HttpResponse:
    today = timezone.now().date()
    sessions = CourseSession.objects.select_related("course", "trainer")
    shown = {
        "courses": Course.objects.all(),
        "sessions": sessions.annotate(seats=Count("enrolments"))[:100],
        "lapsing": Officer.objects.filter(is_active=True, trained_until__isnull=False).order_by(
            "trained_until"
        )[:20],
        "today": today,
    }
    return render(request, "officers/training.html", shown)


@require_http_methods(["GET", "POST"])
def new_course(request: OfficerRequest) -> HttpResponse:
    form = CourseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found_course(**form.cleaned_data, by=request.user, now=timezone.now())
        return redirect("officers:training")
    return render(
        request, "officers/course_new.html", {"form": form}, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
def new_session(request: OfficerRequest) -> HttpResponse:
    form = SessionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        session = schedule(
            course=form.cleaned_data["course"],
            starts_at=form.starts_at(),
            place=form.cleaned_data["place"],
            by=request.user,
            now=timezone.now(),
        )
        return redirect("officers:session", session.pk)
    return render(
        request, "officers/session_new.html", {"form": form}, status=422 if form.errors else 200
    )


@require_safe
def one_session(request: OfficerRequest, session_id: int) -> HttpResponse:
    session = get_object_or_404(
        CourseSession.objects.select_related("course", "trainer"), pk=session_id
    )
    seats = session.enrolments.select_related("officer__unit", "certificate")
    shown = {"session": session, "seats": seats, "form": EnrolForm()}
    return render(request, "officers/session.html", shown)


@require_POST
def seat(request: OfficerRequest, session_id: int) -> HttpResponse:
    session = get_object_or_404(CourseSession, pk=session_id)
    form = EnrolForm(request.POST)
    if form.is_valid():
        enrol(
            session=session,
            officer=form.cleaned_data["officer"],
            by=request.user,
            now=timezone.now(),
        )
    return redirect("officers:session", session_id)


@require_POST
def result(request: OfficerRequest, enrolment_id: int) -> HttpResponse:
    enrolment = get_object_or_404(Enrolment, pk=enrolment_id)
    try:
        record_result(
            enrolment=enrolment,
            passed=request.POST.get("passed") == "yes",
            by=request.user,
            now=timezone.now(),
        )
    except Refusal as refusal:
        messages.error(request, refusal.for_people())
    return redirect("officers:session", enrolment.session_id)


@require_safe
def certificate(request: OfficerRequest, certificate_id: UUID) -> HttpResponse:
    """One's own; a trainer's any."""
    found = Certificate.objects.select_related(
        "enrolment__officer__unit", "enrolment__session__course", "enrolment__session__trainer"
    )
    if Role.TRAINER not in request.user.roles:
        found = found.filter(enrolment__officer=request.user)
    shown = {"certificate": get_object_or_404(found, pk=certificate_id)}
    return render(request, "officers/certificate.html", shown)
