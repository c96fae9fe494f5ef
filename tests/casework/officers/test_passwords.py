import pytest
from django.core.exceptions import ValidationError

from luzeiro.casework.officers.forms import PasswordForm
from luzeiro.casework.officers.models import Officer
from luzeiro.casework.officers.passwords import WORDS, WordsOfThePlace, plain


@pytest.mark.parametrize(
    "password",
    ["Luzeiro-Policía-2026", "buenos AIRES 123456", "SenhaPolícia!!", "ministerio publico fiscal"],
)
def test_words_of_the_place_are_no_password_however_they_are_spelled(
    ana: Officer, password: str
) -> None:
    with pytest.raises(ValidationError):
        WordsOfThePlace().validate(password, ana)
    assert not PasswordForm({"password": password, "again": password}, officer=ana).is_valid()


@pytest.mark.parametrize("password", ["luzeiro of forty rivers", "rain over nine hills"])
def test_such_a_word_may_stand_among_others(ana: Officer, password: str) -> None:
    WordsOfThePlace().validate(password, ana)
    assert PasswordForm({"password": password, "again": password}, officer=ana).is_valid()


def test_the_list_is_in_the_form_in_which_it_is_compared() -> None:
    assert [one for one in WORDS if plain(one) != one] == []
    WordsOfThePlace().validate("a sentence that names nobody")
