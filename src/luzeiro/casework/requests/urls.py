"""Where requests are."""

from django.urls import path

from luzeiro.casework.requests.views import pages, returns

app_name = "requests"
urlpatterns = [
    path("requests/", pages.listed, name="list"),
    path("requests/providers", returns.asked, name="providers"),
    path("leads/<uuid:lead_id>/request", pages.draw, name="draw"),
    path("requests/<uuid:request_id>", pages.shown, name="request"),
    path("requests/<uuid:request_id>/approve", pages.approved, name="approve"),
    path("requests/<uuid:request_id>/withdraw", pages.withdrawn, name="withdraw"),
    path("requests/<uuid:request_id>/take/<str:form>", pages.taken, name="take"),
    path("requests/<uuid:request_id>/return", returns.file, name="return-file"),
    path("requests/<uuid:request_id>/return/typed", returns.typed, name="return-typed"),
    path("returns/<uuid:return_id>", returns.shown, name="return"),
]
