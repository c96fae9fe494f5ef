"""The rows of the list of leads: the one table that is long on every morning's first page.

Written here and not as a template, which took thirty times as long (docs/decisions/0013-portal.md):
twenty officers open the list at once. Whatever could hold markup goes through `escape`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from uuid import UUID

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from luzeiro.casework.leads.listing import ListedLead
from luzeiro.portal.region_names import region_name
from luzeiro.portal.templatetags.portal import grade, score_step

register = template.Library()

_NOBODY = UUID(int=0)  # stands in a path that is reversed once a page, and filled in


@dataclass(frozen=True, slots=True)
class _Words:
    """What rows say alike, made once a page, escaped."""

    sample: str
    hardly: str
    no_unit: str
    grades: dict[str, str]
    path: str
    mark: str
    worked_by: str


@register.simple_tag
def lead_rows(leads: Iterable[ListedLead], *, markable: bool) -> SafeString:
    """One row a lead; `markable`: with a box to mark it."""
    held = list(leads)
    words = _words({one.grade for one in held})
    return SafeString("".join(_row(one, words, markable=markable) for one in held))


def _row(lead: ListedLead, words: _Words, *, markable: bool) -> str:
    address, region = escape(lead.address), escape(lead.region)
    mark = ""
    if markable:
        told = words.mark % {"a": address}
        mark = (
            '<td><input class="form-check-input" type="checkbox" name="lead"'
            f' value="{lead.id}" aria-label="{told}"></td>'
        )
    elsewhere = ""
    if lead.elsewhere:
        told = words.worked_by % {"unit": escape(lead.elsewhere)}
        elsewhere = f'<div class="small text-danger">{told}</div>'
    name = escape(region_name(lead.region))
    place = region or escape(lead.country or "–")
    if name:
        place = f'{name} <span class="text-secondary text-nowrap">{region}</span>'
    return (
        f"<tr data-row>{mark}"
        f'<td><span class="score score-{score_step(lead.score)}">'
        f"{int(lead.score + 0.5)}</span></td>"
        f'<td><a href="{words.path.replace(str(_NOBODY), str(lead.id))}" data-open>{address}</a>'
        f"{words.sample if lead.sample else ''}{elsewhere}</td>"
        f"<td>{place}</td>"
        f"<td>{words.grades[lead.grade]}{'' if lead.resolvable else words.hardly}</td>"
        f"<td>{lead.entries}</td><td>{lead.days}</td><td>{_utc(lead.last_seen_at)}</td>"
        f"<td>{escape(lead.assigned_to or '–')}{'' if lead.unit_id else words.no_unit}</td></tr>\n"
    )


def _words(grades: set[str]) -> _Words:
    return _Words(
        sample=_badge("yellow", _("sample")),
        hardly=_badge("yellow", _("hardly resolvable")),
        no_unit=_badge("red", _("no unit")),
        grades={
            one: _badge("green" if one == "corroborated" else "blue", grade(one)).lstrip()
            for one in grades
        },
        path=reverse("leads:lead", args=[_NOBODY]),
        mark=escape(_("Mark %(a)s")),
        worked_by=escape(_("Worked by %(unit)s")),
    )


def _badge(colour: str, text: str) -> str:
    return f' <span class="badge bg-{colour}-lt">{escape(text)}</span>'


def _utc(at: datetime) -> str:
    at = at.astimezone(UTC)
    told = f"{at:%Y-%m-%d %H:%M}"
    exact = f"{at:%Y-%m-%dT%H:%M:%SZ}"
    return f'<time datetime="{exact}" class="text-nowrap">{told} UTC</time>'
