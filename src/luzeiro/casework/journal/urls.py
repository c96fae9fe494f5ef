"""Where the auditor's pages are."""

from django.urls import path

from luzeiro.casework.journal import views

app_name = "journal"
urlpatterns = [
    path("", views.listed, name="list"),
    path("oversight", views.oversight, name="volumes"),
]
