from importlib.resources import files

import pytest

from luzeiro.casework.paper.phrases import (
    LANGUAGES,
    decimal,
    paper_language,
    phrases,
    placeholders,
)

ROOMS = [
    place.name
    for place in files("luzeiro.casework").iterdir()
    if (place / "phrases").is_dir() and place.name != "paper"
]


@pytest.mark.parametrize("room", ROOMS)
def test_each_phrase_is_there_in_each_language_with_the_same_open_names(room: str) -> None:
    spanish = phrases(room, "es")
    for language in LANGUAGES:
        others = phrases(room, language)
        assert set(others) == set(spanish)
        for key, phrase in others.items():
            assert phrase.strip() == phrase != "", key
            assert placeholders(phrase) == placeholders(spanish[key]), key


# What Spanish and Portuguese say alike.
ALIKE = {
    *("Hora H", "{n} país", "{n} países", "Por país"),
    *("Escrito por", "Parte declarada", "Preparado por", "material de abuso"),
}


@pytest.mark.parametrize("room", ROOMS)
def test_no_sentence_was_left_in_another_language(room: str) -> None:
    for one, other in (("es", "pt"), ("es", "en"), ("pt", "en")):
        first, second = phrases(room, one), phrases(room, other)
        same = {first[key] for key in first if first[key] == second[key] and " " in first[key]}
        assert not same - (ALIKE if (one, other) == ("es", "pt") else set())


@pytest.mark.parametrize(("language", "written"), [("es", "1,25"), ("pt", "1,25"), ("en", "1.25")])
def test_a_number_is_written_as_its_language_does(language: str, written: str) -> None:
    assert decimal(1.25, ".2f", phrases("paper", language)) == written


def test_another_language_is_refused() -> None:
    with pytest.raises(ValueError, match="not in 'fr'"):
        phrases("requests", "fr")


def test_an_officers_language_becomes_that_of_papers() -> None:
    assert [paper_language(one) for one in ("pt-br", "es", "en", "de")] == ["pt", "es", "en", "en"]


def test_open_names_are_found() -> None:
    assert placeholders("{a} of {b}") == {"a", "b"}
