"""What templates say often: fields, instants in two zones, shortened identifiers, categories."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import template
from django.forms import BaseForm, BoundField
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from luzeiro.casework.leads import wording
from luzeiro.casework.paper.phrases import paper_language
from luzeiro.catalogue.schemes.internal import Kind
from luzeiro.catalogue.schemes.tables import to_internal
from luzeiro.portal.region_names import region_name

register = template.Library()


@register.inclusion_tag("portal/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """One field with its label, its help and what is wrong with it."""
    widget = bound.field.widget
    kind = type(widget).__name__
    bound_class = {
        "CheckboxInput": "form-check-input",
        "CheckboxSelectMultiple": "form-check-input",
        "Select": "form-select",
    }.get(kind, "form-control")
    attributes: dict[str, str | bool] = {
        "class": bound_class + (" is-invalid" if bound.errors else "")
    }
    if bound.errors or bound.help_text:
        attributes["aria-describedby"] = f"{bound.id_for_label}-told"
    return {"bound": bound, "kind": kind, "input": bound.as_widget(attrs=attributes)}


@register.simple_tag
def empty_fields(form: BaseForm) -> SafeString:
    """The visible fields of a form that nobody filled in and that is the same for everybody.

    Laid out once a language for each kind of form: most pages have some that few will use.
    """
    assert not form.is_bound, type(form)
    key = (type(form), get_language())
    if key not in _EMPTY:
        fields = (
            render_to_string("portal/field.html", field(one)) for one in form.visible_fields()
        )
        _EMPTY[key] = SafeString("".join(fields))
    return _EMPTY[key]


_EMPTY: dict[tuple[type[BaseForm], str | None], SafeString] = {}


@register.filter
def utc(at: datetime | None) -> SafeString | str:
    """An instant in UTC, 24 hours."""
    if at is None:
        return "–"
    at = at.astimezone(UTC)
    return format_html(
        '<time datetime="{}" class="text-nowrap">{} UTC</time>',
        at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        at.strftime("%Y-%m-%d %H:%M"),
    )


@register.filter
def local(at: datetime | None, zone: str) -> str:
    """The same instant as the clock on the wall shows it in a zone."""
    if at is None:
        return "–"
    try:
        there = at.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        there = at.astimezone(UTC)
    return f"{there:%Y-%m-%d %H:%M} {there.tzname()}"


@register.filter
def shortened(identifier: str) -> str:
    """An infohash is a locator: lists show eight digits of it."""
    return f"{identifier[:8]}…"


@register.filter
def category(told: str) -> str:
    """A category in words, with its label as the list spells it."""
    scheme, _colon, label = told.partition(":")
    meaning = to_internal(scheme, label)
    if meaning is None:
        return told
    words = {
        Kind.ABUSE: pgettext("category", "abuse material"),
        Kind.EXPLOITIVE: pgettext("category", "exploitive, short of abuse"),
        Kind.COMPARISON: pgettext("category", "for comparison"),
        Kind.NOT_PERTINENT: pgettext("category", "not pertinent"),
    }[meaning.kind]
    return f"{words} ({told})"


@register.filter
def grade(told: str) -> str:
    """A grade in words."""
    return {
        "heard": pgettext("grade", "heard"),
        "reached": pgettext("grade", "reached"),
        "stated": pgettext("grade", "stated"),
        "corroborated": pgettext("grade", "corroborated"),
    }.get(told, told)


@register.filter
def doubt(told: str) -> str:
    """A reason for doubt, as a sentence."""
    return wording.doubt(told, paper_language(get_language() or "en"))


@register.filter
def part(told: str) -> str:
    """The name of a reason in the ranking."""
    return {
        "severity": _("Severity of the categories"),
        "entries": _("Number of distinct files"),
        "availability": _("How much it adds to rare files' availability"),
        "persistence": _("Days on which it was seen"),
        "recency": _("How lately it was seen"),
        "grade": _("Strength of the statements"),
        "role": _("Holds whole files"),
    }.get(told, told)


@register.filter
def percent(share: float | None) -> str:
    """0.25 as 25 %."""
    return "–" if share is None else f"{100 * share:.0f} %"


@register.filter
def bar(share: float) -> int:
    """A share of 1 in twentieths, for a bar's class: no inline style is allowed."""
    return max(0, min(20, round(20 * share)))


@register.filter
def subdivision(code: str) -> str:
    """A region's code, or a word where the table knew none."""
    return code or _("not known")


register.filter(region_name)


@register.filter
def flag(told: str) -> str:
    """What is known of an address beside its place."""
    return {
        "carrier-grade nat": _("carrier-grade NAT"),
        "country disputed": _("country disputed"),
        "hosting": _("hosting"),
        "placed by a later table": _("placed by a later table"),
        "tor exit": _("Tor exit"),
        "vpn": "VPN",
    }.get(told, told)


@register.filter
def state(told: str) -> str:
    """A state of leads, as the list's filter names it."""
    return {
        "open": pgettext("state", "open"),
        "new": pgettext("state", "new"),
        "worked": pgettext("state", "in work"),
        "closed": pgettext("state", "closed"),
        "recalled": pgettext("state", "recalled"),
        "expired": pgettext("state", "expired"),
    }.get(told, told)


@register.filter
def sort_order(told: str) -> str:
    """An order of the list."""
    return {
        "score": _("Highest score first"),
        "last": _("Last seen first"),
        "first": _("First seen first"),
        "entries": _("Most files first"),
    }.get(told, told)


@register.filter
def score_step(score: float) -> int:
    """A score in five steps, for its colour."""
    return max(0, min(4, int(score // 20)))


@register.filter
def select(bound: BoundField) -> SafeString:
    """A field alone, in our dress."""
    return bound.as_widget(attrs={"class": "form-select"})
