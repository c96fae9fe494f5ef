from datetime import UTC, datetime

from django.utils import translation

from luzeiro.casework.leads.ranking import Parts
from luzeiro.casework.leads.resolvable import Doubt
from luzeiro.observations.grade import Grade
from luzeiro.places.flags import Flag
from luzeiro.portal.templatetags import portal

AT = datetime(2026, 1, 5, 15, 4, tzinfo=UTC)


def test_instants_are_in_utc_and_in_the_places_own_time_with_24_hours() -> None:
    assert "2026-01-05 15:04 UTC" in portal.utc(AT)
    assert 'datetime="2026-01-05T15:04:00Z"' in portal.utc(AT)
    assert portal.local(AT, "America/Costa_Rica") == "2026-01-05 09:04 CST"
    assert portal.local(AT, "nowhere/at all") == "2026-01-05 15:04 UTC"
    assert portal.utc(None) == portal.local(None, "UTC") == "–"


def test_identifiers_are_shortened() -> None:
    assert portal.shortened("ee" * 20) == "eeeeeeee…"


def test_each_grade_doubt_and_reason_has_words_in_each_language() -> None:
    for language in ("es", "pt-br"):
        with translation.override(language):
            assert all(portal.doubt(one.value) != one.value for one in Doubt)
            assert all(portal.grade(one.value) != one.value for one in Grade)
            assert all(portal.part(name) != name for name in Parts.__dataclass_fields__)
            assert all(portal.flag(one.value) != one.value for one in Flag)
    assert portal.doubt("unheard of") == portal.flag("unheard of") == "unheard of"


def test_a_category_says_what_it_means_and_how_its_list_spells_it() -> None:
    assert portal.category("caid-uk:A") == "abuse material (caid-uk:A)"
    assert portal.category("nobody:knows") == "nobody:knows"


def test_bars_and_scores_have_steps() -> None:
    assert [portal.bar(share) for share in (-1, 0, 0.5, 1, 2)] == [0, 0, 10, 20, 20]
    assert [portal.score_step(score) for score in (0, 19.9, 20, 99, 100)] == [0, 0, 1, 4, 4]
    assert portal.percent(0.25) == "25 %"
    assert portal.percent(None) == "–"
