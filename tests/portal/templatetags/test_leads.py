import re
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from django.utils.translation import override

from luzeiro.casework.leads.listing import ListedLead
from luzeiro.portal.templatetags.leads import lead_rows

LEAD = UUID("01234567-89ab-cdef-0123-456789abcdef")


def listed(**changed: object) -> ListedLead:
    told: dict[str, object] = {
        "id": LEAD, "score": 62.5, "address": "192.0.2.1", "country": "AR", "region": "AR-X",
        "grade": "stated", "resolvable": True, "entries": 3, "days": 2,
        "last_seen_at": datetime(2026, 3, 4, 12, 5, tzinfo=UTC), "unit_id": LEAD, "sample": False,
        "assigned_to": None, "elsewhere": None,
    }  # fmt: skip
    return ListedLead(**(told | changed))  # type: ignore[arg-type]


def text(*leads: ListedLead) -> str:
    return re.sub(r"\s*<[^>]*>\s*", "|", lead_rows(leads, markable=False))


def test_a_row_says_what_is_known() -> None:
    row = lead_rows([listed()], markable=False)
    assert f'<a href="/leads/{LEAD}" data-open>192.0.2.1</a>' in row
    assert '<span class="score score-3">63</span>' in row  # rounded as on the lead's own page
    assert '<time datetime="2026-03-04T12:05:00Z"' in row
    said = [one for one in text(listed()).split("|") if one]
    assert said == [
        "63", "192.0.2.1", "Córdoba", "AR-X", "stated", "3", "2", "2026-03-04 12:05 UTC", "–",
    ]  # fmt: skip


def test_a_place_is_told_as_far_as_it_is_known() -> None:
    assert "|AR-?|" in text(listed(region="AR-?"))  # a region without a shape, by its code
    assert "|AR|" in text(listed(region=""))
    assert text(listed(region="", country="")).count("–") == 2


def test_times_are_told_in_utc_whatever_zone_they_come_in() -> None:
    at = datetime(2026, 3, 4, 22, 5, tzinfo=timezone(timedelta(hours=-3)))
    assert "2026-03-05 01:05 UTC" in text(listed(last_seen_at=at))


def test_every_doubt_has_its_badge_and_nothing_else_has_one() -> None:
    badges = ("sample", "hardly resolvable", "no unit", "Worked by Quito")
    plain = text(listed())
    assert not [one for one in badges if one in plain]
    full = text(listed(sample=True, resolvable=False, unit_id=None, elsewhere="Quito"))
    assert not [one for one in badges if one not in full]


def test_only_whoever_assigns_has_boxes_to_mark() -> None:
    assert "checkbox" not in lead_rows([listed()], markable=False)
    assert f'name="lead" value="{LEAD}"' in lead_rows([listed()], markable=True)


@pytest.mark.parametrize("field", ["address", "country", "region", "assigned_to", "elsewhere"])
def test_no_value_can_bring_markup(field: str) -> None:
    row = lead_rows([listed(**{"region": "", field: "<b>\"'&"})], markable=True)
    assert "<b>" not in row
    assert "&lt;b&gt;&quot;&#x27;&amp;" in row


def test_an_unknown_grade_is_told_as_it_is_and_escaped() -> None:
    assert "&lt;odd&gt;" in lead_rows([listed(grade="<odd>")], markable=False)


def test_rows_are_in_the_officers_language() -> None:
    with override("es"):
        told = lead_rows([listed(elsewhere="Quito", sample=True)], markable=True)
    assert "Worked by" not in told
    assert "Quito" in told
    assert "sample" not in text(listed(sample=False))
    assert ">sample<" not in told
