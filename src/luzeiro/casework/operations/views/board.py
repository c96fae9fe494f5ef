"""The command room's board: a page, the stream that keeps it up to date, and the alerts."""

import time
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from luzeiro.casework.officers.requests import OfficerRequest
from luzeiro.casework.officers.sessions import lasts
from luzeiro.casework.operations.access import (
    board_for,
    events_after,
    newest_number,
    targets_on_board,
)
from luzeiro.casework.operations.alerts import Watched, alerts
from luzeiro.casework.operations.models import Operation, TargetState
from luzeiro.casework.operations.states import State
from luzeiro.casework.operations.stream import follow, frame, last_number
from luzeiro.casework.operations.watching import AT_MOST, watch_of
from luzeiro.casework.paper.instants import minutes_text


@require_safe
def board(request: OfficerRequest, operation_id: UUID) -> HttpResponse:
    found = board_for(request.user, operation_id)
    # The number first: what happens between the two questions comes again by the stream.
    newest = newest_number(found)
    targets = list(targets_on_board(found))
    zones = sorted({one.zone for one in targets})
    told = {
        "found": found,
        "newest": newest,
        "targets": targets,
        "states": TargetState.choices,
        "counts": [
            (value, label, sum(one.state == value for one in targets))
            for value, label in TargetState.choices
        ],
        "clocks": [(one, minutes_text(found.h_hour_at, one)) for one in zones]
        if found.h_hour_at
        else [],
        "alerts": _alerts(found),
    }
    return render(request, "operations/board.html", told)


@require_safe
def stream(request: OfficerRequest, operation_id: UUID) -> StreamingHttpResponse:
    """Every event after the one that the screen has, for as long as the stream lives."""
    found = board_for(request.user, operation_id)
    asked = last_number(request.headers.get("Last-Event-ID", ""), request.GET.get("after", ""))
    # No screen has what is not there yet: else it would wait for a number that may never come.
    last = min(asked, newest_number(found))
    fetch = partial(events_after, found.pk, at_most=AT_MOST)
    watch = partial(watch_of, found.pk, fetch, frame)
    key = request.session.session_key or ""
    frames = follow(
        fetch, last, watch=watch, admitted=lambda: lasts(key, timezone.now()), now=time.monotonic
    )
    response = StreamingHttpResponse(frames, content_type="text/event-stream")
    response["X-Accel-Buffering"] = "no"  # a proxy must not hold events back
    return response


@require_safe
def alerted(request: OfficerRequest, operation_id: UUID) -> HttpResponse:
    """The alerts that stand, as a part of the page."""
    found = board_for(request.user, operation_id)
    return render(request, "operations/alerts.html", {"alerts": _alerts(found)})


@require_POST
def here(request: OfficerRequest, operation_id: UUID) -> HttpResponse:
    """Somebody touched the board: the gate has taken note of it on the way here."""
    board_for(request.user, operation_id)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _alerts(found: Operation) -> object:
    watched = [
        Watched(
            code=one.code,
            state=State(one.state),
            entered_at=one.entered_at,
            last_news_at=one.last_news_at,
            production_at=one.production_at,
        )
        for one in targets_on_board(found)
    ]
    return alerts(
        watched,
        h_hour_at=found.h_hour_at,
        silent=timedelta(minutes=found.silent_minutes),
        now=timezone.now(),
    )
