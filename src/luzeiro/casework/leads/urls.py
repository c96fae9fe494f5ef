"""Where leads are."""

from django.urls import path

from luzeiro.casework.leads.views import deeds, exports, lists, pages

app_name = "leads"
urlpatterns = [
    path("", lists.listed, name="list"),
    path("map", lists.mapped, name="map"),
    path("assign", lists.assign_some, name="assign-many"),
    path("views/save", lists.keep_view, name="view-save"),
    path("views/<int:view_id>/remove", lists.drop_view, name="view-remove"),
    path("ranking", deeds.weights, name="weights"),
    path("exports/", exports.listed, name="exports"),
    path("exports/ask", exports.ask, name="export-ask"),
    path("exports/<int:export_id>/approve", exports.approve, name="export-approve"),
    path("exports/<int:export_id>/take", exports.take, name="export-take"),
    path("<uuid:lead_id>", pages.lead, name="lead"),
    path("<uuid:lead_id>/purpose", pages.purpose, name="purpose"),
    path("<uuid:lead_id>/reveal", pages.reveal_identifiers, name="reveal"),
    path("<uuid:lead_id>/exchange/<uuid:sighting_id>", pages.exchange, name="exchange"),
    path("<uuid:lead_id>/claim", deeds.claim, name="claim"),
    path("<uuid:lead_id>/assign", deeds.assign, name="assign"),
    path("<uuid:lead_id>/unassign", deeds.unassign, name="unassign"),
    path("<uuid:lead_id>/give", deeds.give, name="give"),
    path("<uuid:lead_id>/close", deeds.close, name="close"),
    path("<uuid:lead_id>/notes", deeds.note, name="note"),
    path("<uuid:lead_id>/tasks", deeds.task, name="task"),
    path("<uuid:lead_id>/tasks/<int:task_id>/done", deeds.task_done, name="task-done"),
]
