import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luzeiro.casework.leads.wording import observed as of_the_lead
from luzeiro.casework.paper.phrases import LANGUAGES, phrases
from luzeiro.casework.reports import wording
from luzeiro.observations.grade import Grade
from tests.casework.leads.test_wording import NEVER, claimed
from tests.casework.reports.documents import document, file, statement, vote


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=40, deadline=None)
@given(stated=st.integers(1, 10**6), corroborated=st.integers(0, 10**6))
def test_a_report_says_of_each_grade_what_the_leads_page_says_and_no_more(
    language: str, stated: int, corroborated: int
) -> None:
    counts = {Grade.STATED: stated} | ({Grade.CORROBORATED: corroborated} if corroborated else {})
    made = document(
        language, files_in_all=tuple(counts.items()), files=(file(1),), statements=(statement(1),)
    )
    told = wording.observed(made)
    assert told == of_the_lead(counts, sightings=3, days=3, language=language)
    assert (Grade.CORROBORATED in claimed(" ".join(told), language)) == bool(corroborated)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_accuses_nobody(language: str) -> None:
    made = document(language)
    told = [*wording.observed(made), *wording.reach(made), wording.clock(made), wording.when(made)]
    assert not re.search(NEVER[language], " ".join(told), re.IGNORECASE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_cannot_be_known_and_how_it_was_done_are_always_told(language: str) -> None:
    assert len(set(wording.limits(document(language)))) == 4
    assert len(set(wording.method(document(language)))) == 6


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_clocks_worst_bound_is_told_and_how_many_have_none(language: str) -> None:
    bounded = statement(1, clock_error_s=1.25)
    mark = phrases("paper", language)["decimal_mark"]
    assert f"1{mark}250" in wording.clock(document(language, statements=(bounded,)))
    some = wording.clock(document(language))
    assert re.findall(r"[\d.,]*\d", some) == [f"0{mark}050", "1"]
    none = wording.clock(document(language, statements=(statement(1, clock_error_s=None),)))
    assert not re.search(r"\d", none)
    assert none != some


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_filters_and_the_as_of_time_are_printed(language: str) -> None:
    told = " ".join(wording.scope(document(language, zone_assumed=True)))
    for wanted in (
        "2001:db8::7", "00000000-0000-0000-0000-000000000063", "2026-11-26T04:37:31.123456Z",
        "2026-11-06T04:37:31.123456Z", "America/Argentina/Buenos_Aires", "IANA 20",
    ):  # fmt: skip
        assert wanted in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_ends_are_told_on_both_clocks(language: str) -> None:
    told = wording.when(document(language))
    assert "2026-11-06T04:37:31.123456Z (2026-11-06T01:37:31.123456-03:00)" in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_vouches_is_told_with_list_revision_and_day(language: str) -> None:
    (one, other) = wording.vouched(
        file(votes=(vote(), vote("Other body", authority=False))), language
    )
    for wanted in ("Invented body", "caid-uk:A", "list-7.json", "7", "2026-08-08"):
        assert wanted in one
    assert one.replace("Invented", "Other") != other  # one is an authority, one is not
    assert len(wording.vouched(file(votes=()), language)) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_category_is_told_in_words_with_its_label(language: str) -> None:
    assert wording.category("caid-uk:A", language).endswith("(caid-uk:A)")
    assert wording.category("of nobody:9", language) == "of nobody:9"


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_doubt_stands_below_how_far_it_goes(language: str) -> None:
    assert len(wording.reach(document(language, doubts=("no source port", "shared address")))) == 3
