import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from luzeiro.casework.officers.models import Grant, Jurisdiction, Officer, Role, Unit


def test_a_role_is_held_once(ana: Officer) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.create(officer=ana, role=Role.INVESTIGATOR)
    assert ana.roles == {Role.INVESTIGATOR}


def test_a_jurisdiction_is_one_units(buenos_aires: Unit, sao_paulo: Unit) -> None:
    del buenos_aires
    with pytest.raises(IntegrityError), transaction.atomic():
        Jurisdiction.objects.create(unit=sao_paulo, code="AR")


def test_nothing_is_deleted_by_cascade(ana: Officer, buenos_aires: Unit) -> None:
    with pytest.raises(ProtectedError):
        ana.delete()
    with pytest.raises(ProtectedError):
        buenos_aires.delete()
