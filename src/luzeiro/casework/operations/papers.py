"""Briefing sheets, communiqués and operation reports: PDF/A, from records and figures alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from luzeiro.casework.operations.outcomes import Figures, Rate, What
from luzeiro.casework.paper.instants import (
    RULES,
    clocks_change_near,
    minutes_text,
    utc_text,
)
from luzeiro.casework.paper.phrases import decimal, phrases
from luzeiro.casework.paper.typeset import typeset
from luzeiro.casework.requests.jurisdictions.table import jurisdictions

_HOUR = "%Y-%m-%d %H:%M"


@dataclass(frozen=True, slots=True, kw_only=True)
class Briefing:
    """What a team takes to the door."""

    operation: str
    code: str
    unit: str
    h_hour_at: datetime | None
    zone: str
    order_number: str
    order_expires_on: str
    people_at_risk: str
    doors: tuple[tuple[str, str], ...]  # name and installation address, as returned
    installs: tuple[tuple[str, str, str], ...]  # client as claimed, kind of id, id
    files: tuple[tuple[str, str, str], ...]  # kind of identifier, identifier, category
    failing: tuple[str, ...]  # checks that do not hold, in words
    made_at: datetime
    made_by: str
    sample: bool


def write_briefing(one: Briefing, language: str) -> bytes:
    """Lay a briefing sheet out."""
    words = phrases("operations", language)
    hour = words["hour_none"]
    if one.h_hour_at is not None:
        local = minutes_text(one.h_hour_at, one.zone)
        hour = words["hour"].format(
            utc=f"{one.h_hour_at:{_HOUR}}", local=local, zone=one.zone
        )  # fmt: skip
        if clocks_change_near(one.h_hour_at, one.zone):
            hour += " " + words["clocks_change"]
    told = {
        **_common(words, language, words["briefing"], f"{one.code} · {one.operation}", one.made_at),
        "sample": one.sample,
        "code": one.code,
        "operation": one.operation,
        "unit": one.unit,
        "hour": hour,
        "rules": words["zone_rules"].format(rules=RULES),
        "order": words["order_told"].format(
            number=one.order_number or words["unknown"],
            day=one.order_expires_on or words["unknown"],
        ),
        "people": one.people_at_risk or words["people_none"],
        "doors": [list(door) for door in one.doors],
        "installs": [list(install) for install in one.installs],
        "files": [list(file) for file in one.files],
        "failing": list(one.failing),
        "made_by": one.made_by,
    }
    return typeset("operations", "briefing", told, at=one.made_at)


def communique_text(found: Figures, language: str) -> list[str]:
    """The communiqué as sentences; every number in it is the ledger's."""
    words = phrases("operations", language)
    arrests, searches = found.of(What.ARREST), found.of(What.SEARCH)
    countries = len(found.by_country(What.SEARCH)) or len(found.counts)
    devices, children = found.of(What.DEVICE), found.of(What.CHILD_SAFEGUARDED)
    told = [
        words["lead"].format(
            operation=found.scope,
            arrests=_number(arrests, words, "arrest"),
            countries=_number(countries, words, "country"),
        ),
    ]
    if searches or devices:
        told.append(
            words["searches" if devices else "searches_alone"].format(
                searches=_number(searches, words, "search"),
                devices=_number(devices, words, "device"),
            )
        )
    if children:
        told.append(words["children"].format(children=_number(children, words, "child")))
    return [*told, words["innocent"]]


def table_by_country(found: Figures, language: str) -> list[tuple[str, int, int]]:
    """Country in words, searches, arrests; the most arrests first."""
    searches = dict(found.by_country(What.SEARCH))
    arrests = dict(found.by_country(What.ARREST))
    codes = sorted(
        {*searches, *arrests},
        key=lambda code: (-arrests.get(code, 0), -searches.get(code, 0), code),
    )
    return [
        (country_name(code, language), searches.get(code, 0), arrests.get(code, 0))
        for code in codes
    ]


def write_communique(found: Figures, language: str, *, sample: bool) -> bytes:
    """Lay a communiqué out, with the table by country."""
    words = phrases("operations", language)
    as_of = _as_of(found, words)
    rows = table_by_country(found, language)
    told = {
        **_common(words, language, f"{words['communique']}: {found.scope}", as_of, found.as_of),
        "sample": sample,
        "sentences": communique_text(found, language),
        "rows": [[name, str(searches), str(arrests)] for name, searches, arrests in rows],
        "total": [
            words["total"],
            str(sum(row[1] for row in rows)),
            str(sum(row[2] for row in rows)),
        ],
        "as_of": as_of,
        "filters": _filters(found, words, language),
    }
    return typeset("operations", "communique", told, at=found.as_of)


def write_report(found: Figures, language: str, *, sample: bool) -> bytes:
    """Lay an operation report out: every figure of the ledger, and its measured errors."""
    words = phrases("operations", language)
    as_of = _as_of(found, words)
    told = {
        **_common(words, language, f"{words['report']}: {found.scope}", as_of, found.as_of),
        "sample": sample,
        "figures": [[words[f"what_{what.name.lower()}"], str(found.of(what))] for what in What],
        "devices": [[words[f"device_{kind.split()[0]}"], str(n)]
                    for kind, n in sorted(found.devices.items())],
        "rows": [[name, str(searches), str(arrests)]
                 for name, searches, arrests in table_by_country(found, language)],
        "rates": [
            words["rate_wrong"].format(**_rate(found.wrong_addresses, words)),
            words["rate_missing"].format(**_rate(found.not_confirmed, words)),
        ],
        "as_of": as_of,
        "filters": _filters(found, words, language),
    }  # fmt: skip
    return typeset("operations", "report", told, at=found.as_of)


def country_name(code: str, language: str) -> str:
    """A country in words where we have a file for it; else its code."""
    law = jurisdictions().get(code)
    return law.name[language] if law else code


def _as_of(found: Figures, words: Mapping[str, str]) -> str:
    return words["as_of"].format(as_of=utc_text(found.as_of), scope=found.scope)


def _filters(found: Figures, words: Mapping[str, str], language: str) -> str:
    return words["filters"].format(
        operation=found.scope,
        country=country_name(found.country, language)
        if found.country
        else words["filters_countries"],
        as_of=utc_text(found.as_of),
    )


def _rate(rate: Rate, words: Mapping[str, str]) -> Mapping[str, str]:
    low, high = rate.interval
    return {
        "cases": str(rate.cases),
        "of": str(rate.of),
        "low": decimal(100 * low, ".1f", words),
        "high": decimal(100 * high, ".1f", words),
    }


def _number(count: int, words: Mapping[str, str], noun: str) -> str:
    return words[f"{noun}_one" if count == 1 else f"{noun}_many"].format(n=count)


def _common(
    words: Mapping[str, str], language: str, title: str, footer: str, at: datetime
) -> dict[str, object]:
    return {
        "words": dict(words),
        "language": language,
        "title": title,
        "author": "Luzeiro",
        "footer": footer,
        "made_at": utc_text(at),
    }
