import pytest

from luzeiro.casework.officers.forms import PasswordForm, SessionForm, UnitForm
from luzeiro.casework.officers.models import Course, Officer
from tests.casework.world import NOW

UNIT = {
    "name": "Córdoba", "country": "AR", "contact": "ext. 1", "time_zone": "America/Sao_Paulo",
    "codes": "ar-x, AR-S",
}  # fmt: skip


@pytest.mark.django_db
def test_a_unit_is_read_as_typed() -> None:
    form = UnitForm(UNIT)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["codes"] == ["AR-X", "AR-S"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [{"country": "Argentina"}, {"time_zone": "Mars/Olympus"}, {"codes": "ARG"}, {"codes": "A-1"}],
)
def test_a_units_mistakes_are_told(wrong: dict[str, str]) -> None:
    form = UnitForm(UNIT | wrong)
    assert list(form.errors) == list(wrong)


@pytest.mark.parametrize("password", ["short", "123456789012", "password1234", "ana"])
def test_weak_passwords_are_refused(ana: Officer, password: str) -> None:
    assert not PasswordForm({"password": password, "again": password}, officer=ana).is_valid()


def test_a_password_is_typed_twice(ana: Officer) -> None:
    fine = "a long enough sentence"
    assert PasswordForm({"password": fine, "again": fine}, officer=ana).is_valid()
    assert not PasswordForm({"password": fine, "again": fine + "x"}, officer=ana).is_valid()


@pytest.mark.django_db
def test_a_sessions_time_is_utc() -> None:
    course = Course.objects.create(title="Course")
    form = SessionForm(
        {"course": course.pk, "on": "2026-03-04", "at": "12:00", "place": "Here"}
    )  # fmt: skip
    assert form.is_valid(), form.errors
    assert form.starts_at() == NOW
