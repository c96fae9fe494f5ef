import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luzeiro.casework.leads.resolvable import Doubt
from luzeiro.casework.leads.wording import doubt, observed, reach
from luzeiro.casework.paper.phrases import LANGUAGES, phrases
from luzeiro.observations.grade import Grade

# What only a grade, and those above it, may claim. No sentence of a weaker one has such a word,
# not even to deny it: a reader in a hurry does not see a "not".
CLAIMS = {
    "en": {
        Grade.REACHED: r"itself|answer",
        Grade.STATED: r"\bstate|statement|hold|control question|refuse",
        Grade.CORROBORATED: r"corroborat|two or more|twice|one another|installation",
    },
    "es": {
        Grade.REACHED: r"propia|respond|respuesta",
        Grade.STATED: r"declar|\btiene|pregunta de control|rechaz",
        Grade.CORROBORATED: r"corrobor|dos o más|dos veces|entre sí|instalación",
    },
    "pt": {
        Grade.REACHED: r"próprio|respond|respost",
        Grade.STATED: r"declar|\bter\b|pergunta de controle|recus",
        Grade.CORROBORATED: r"corrobor|dois ou mais|duas vezes|entre si|instalação",
    },
}
# What no grade may ever claim.
NEVER = {
    "en": r"distribut|possess|downloaded|uploaded|suspect|the user|the person|guilty|shared by",
    "es": r"distribu|posee|posesión|descarg|sospech|usuario|persona|culpable|compartió",
    "pt": r"distribu|possui|posse|baixou|suspeit|usuário|pessoa|culpad|compartilhou",
}
COUNTS = st.integers(1, 10**6)
EVERY = st.dictionaries(st.sampled_from(list(Grade)), COUNTS, min_size=1)


def claimed(text: str, language: str) -> set[Grade]:
    found = CLAIMS[language].items()
    return {grade for grade, words in found if re.search(words, text, re.IGNORECASE)}


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=200, deadline=None)
@given(files=EVERY, sightings=COUNTS, days=COUNTS)
def test_the_wording_of_a_grade_never_holds_a_claim_of_a_stronger_one(
    language: str, files: dict[Grade, int], sightings: int, days: int
) -> None:
    told = observed(files, sightings=sightings, days=days, language=language)
    for grade, sentences in zip(sorted(files, key=lambda one: -one.rank), told, strict=False):
        assert {one.rank for one in claimed(sentences, language)} == set(range(1, grade.rank + 1))
    assert len(told) == len(files) + 1
    strongest = max(grade.rank for grade in files)
    assert all(one.rank <= strongest for one in claimed(" ".join(told), language))


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=50, deadline=None)
@given(files=EVERY, sightings=COUNTS, days=COUNTS)
def test_no_wording_accuses_anybody(
    language: str, files: dict[Grade, int], sightings: int, days: int
) -> None:
    told = observed(files, sightings=sightings, days=days, language=language)
    told += [
        reach(doubts, resolvable=resolvable, language=language)
        for doubts in ([], ["shared address"])
        for resolvable in (True, False)
    ]
    assert not re.search(NEVER[language], " ".join(told), re.IGNORECASE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_count_is_told_as_it_is(language: str) -> None:
    told = observed({Grade.STATED: 17}, sightings=391, days=23, language=language)
    assert re.findall(r"\d+", " ".join(told)) == ["17", "391", "23"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_is_told_in_words_and_never_as_a_number_of_many(language: str) -> None:
    once = observed({Grade.STATED: 1}, sightings=1, days=1, language=language)
    assert not re.search(r"\d", " ".join(once))
    one_day = observed({Grade.STATED: 1}, sightings=9, days=1, language=language)
    assert re.findall(r"\d+", " ".join(one_day)) == ["9"]


def test_nothing_is_said_of_what_was_withdrawn() -> None:
    assert observed({}, sightings=9, days=2, language="en") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_doubt_is_a_sentence_and_what_is_none_stays_as_it_is(language: str) -> None:
    told = [doubt(one, language) for one in Doubt]
    assert len(set(told)) == len(Doubt)
    assert all(one.endswith(".") for one in told)
    assert doubt("something else", language) == "something else"


def test_the_reach_is_no_better_than_the_doubts_allow() -> None:
    words = phrases("leads", "en")
    assert reach([], resolvable=True, language="en") == words["reach_good"]
    assert reach(["x"], resolvable=True, language="en") == words["reach_doubts"]
    assert reach([], resolvable=False, language="en") == words["reach_none"]
