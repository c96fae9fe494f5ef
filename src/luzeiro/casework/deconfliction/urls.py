"""Where claims are."""

from django.urls import path

from luzeiro.casework.deconfliction import views

app_name = "deconfliction"
urlpatterns = [
    path("addresses/check", views.check, name="check"),
    path("addresses/claim", views.claim, name="claim"),
    path("claims/", views.claims, name="claims"),
    path("claims/<int:claim_id>/release", views.let_go, name="release"),
    path("claims/<int:claim_id>/offer", views.hand_over, name="offer"),
    path("offers/<int:transfer_id>/answer", views.answer_offer, name="answer"),
]
