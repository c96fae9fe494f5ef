"""Where everything is. Each name stands in routes.py, with who may."""

from django.urls import URLPattern, URLResolver, include, path

from luzeiro.portal import views
from luzeiro.portal.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("alive", views.alive, name="alive"),
    path("machines/", views.machines, name="machines"),
    path("api/", api.urls),
    path("", include("luzeiro.casework.officers.urls")),
    path("journal/", include("luzeiro.casework.journal.urls")),
    path("leads/", include("luzeiro.casework.leads.urls")),
    path("", include("luzeiro.casework.deconfliction.urls")),
    path("", include("luzeiro.casework.requests.urls")),
    path("", include("luzeiro.casework.operations.urls")),
    path("", include("luzeiro.casework.reports.urls")),
]
handler404 = "luzeiro.portal.views.not_found"
handler500 = "luzeiro.portal.views.failed"
