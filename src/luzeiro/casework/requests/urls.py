"""Where requests are."""

from django.urls import path

from luzeiro.casework.requests.views import requests, returns

app_name = "requests"
urlpatterns = [
    path("requests/", requests.listed, name="list"),
    path("requests/providers", returns.asked, name="providers"),
    path("leads/<uuid:lead_id>/request", requests.draw, name="draw"),
    path("requests/<uuid:request_id>", requests.shown, name="request"),
    path("requests/<uuid:request_id>/approve", requests.approved, name="approve"),
    path("requests/<uuid:request_id>/withdraw", requests.withdrawn, name="withdraw"),
    path("requests/<uuid:request_id>/take/<str:form>", requests.taken, name="take"),
    path("requests/<uuid:request_id>/return", returns.file, name="return-file"),
    path("requests/<uuid:request_id>/return/typed", returns.typed, name="return-typed"),
    path("returns/<uuid:return_id>", returns.shown, name="return"),
]
