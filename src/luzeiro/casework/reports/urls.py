"""Where reports are."""

from django.urls import path

from luzeiro.casework.reports import views

app_name = "reports"
urlpatterns = [
    path("leads/<uuid:lead_id>/reports", views.of_lead, name="lead"),
    path("reports/<uuid:report_id>/take/<str:form>", views.taken, name="take"),
]
