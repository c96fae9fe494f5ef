from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from luzeiro.casework.requests.forms import (
    DrawForm,
    LineForm,
    ProviderForm,
    ReasonForm,
    ReturnForm,
)
from luzeiro.casework.requests.returns import COLUMNS


def test_what_is_typed_of_an_answer_is_what_a_line_holds() -> None:
    assert set(LineForm().fields) == set(COLUMNS)


def test_nothing_of_what_is_asked_about_can_be_typed() -> None:
    assert set(DrawForm().fields) == {"kind", "language"}


def test_a_file_that_is_too_large_is_refused() -> None:
    large = SimpleUploadedFile("a.csv", b"x" * 1_000_001)
    form = ReturnForm({}, MultiValueDict({"answer": [large]}))
    assert not form.is_valid()


def test_a_country_is_two_letters(db: None) -> None:  # noqa: ARG001
    told = {"asn": "64500", "organisation": "x", "contact": "y"}
    assert ProviderForm({**told, "country": "ar"}).is_valid()
    assert not ProviderForm({**told, "country": "1x"}).is_valid()


def test_a_reason_is_given() -> None:
    assert not ReasonForm({"reason": ""}).is_valid()
