"""Where operations are."""

from django.urls import path

from luzeiro.casework.operations.views import board, figures, operations, targets

app_name = "operations"
urlpatterns = [
    path("operations/", operations.listed, name="list"),
    path("operations/<uuid:operation_id>", operations.shown, name="operation"),
    path("operations/<uuid:operation_id>/invite", operations.invited, name="invite"),
    path("operations/<uuid:operation_id>/hour", operations.hour, name="hour"),
    path("operations/<uuid:operation_id>/limits", operations.limited, name="limits"),
    path("operations/<uuid:operation_id>/end", operations.ended, name="end"),
    path("operations/<uuid:operation_id>/bring", operations.brought, name="bring"),
    path("operations/<uuid:operation_id>/figures", figures.counted, name="figures"),
    path(
        "operations/<uuid:operation_id>/papers/<str:kind>/<str:language>",
        figures.paper,
        name="paper",
    ),
    path("operations/<uuid:operation_id>/report.json", figures.report_json, name="report-json"),
    path("operations/<uuid:operation_id>/editions", figures.editions, name="editions"),
    path(
        "operations/<uuid:operation_id>/editions.json", figures.editions_json, name="editions-json"
    ),
    path("operations/<uuid:operation_id>/board", board.board, name="board"),
    path("operations/<uuid:operation_id>/stream", board.stream, name="stream"),
    path("operations/<uuid:operation_id>/alerts", board.alerted, name="alerts"),
    path("operations/<uuid:operation_id>/here", board.here, name="here"),
    path("invitations/<int:invitation_id>/answer", operations.answered, name="answer"),
    path("targets/<uuid:target_id>", targets.shown, name="target"),
    path("targets/<uuid:target_id>/order", targets.ordered, name="order"),
    path("targets/<uuid:target_id>/people", targets.people, name="people"),
    path("targets/<uuid:target_id>/move", targets.moved, name="move"),
    path("targets/<uuid:target_id>/outcomes", targets.came_of_it, name="outcome"),
    path("targets/<uuid:target_id>/briefing", targets.briefing, name="briefing"),
    path("outcomes/<int:outcome_id>/correct", targets.corrected, name="correct"),
]
