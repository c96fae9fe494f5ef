"""The sentences of a report: those of the lead's page, and what belongs to a report alone."""

from luzeiro.casework.leads import wording as leads
from luzeiro.casework.paper.instants import RULES, local_text, utc_text
from luzeiro.casework.paper.phrases import decimal, phrases
from luzeiro.casework.reports.document import FileSeen, ReportDocument
from luzeiro.catalogue.schemes.tables import to_internal

ROOM = "reports"
METHOD = ("listed", "hearsay", "asked", "control", "grades", "sealed")
LIMITS = ("person", "software", "content", "line")


def observed(document: ReportDocument) -> list[str]:
    """What was observed, in the lead's own wording (leads/wording.py)."""
    return leads.observed(
        dict(document.files_in_all),
        sightings=document.sightings_in_all,
        days=document.days,
        language=document.language,
    )


def reach(document: ReportDocument) -> list[str]:
    """Whether the provider could name the subscriber, and each doubt."""
    language = document.language
    told = leads.reach(document.doubts, resolvable=document.resolvable, language=language)
    return [told, *(leads.doubt(one, language) for one in document.doubts)]


def limits(document: ReportDocument) -> list[str]:
    """What cannot be known from the records."""
    words = phrases(ROOM, document.language)
    return [words[f"limit_{name}"] for name in LIMITS]


def method(document: ReportDocument) -> list[str]:
    """How it was observed."""
    words = phrases(ROOM, document.language)
    return [words[f"method_{name}"] for name in METHOD]


def clock(document: ReportDocument) -> str:
    """How far the clocks of the listed records may be wrong."""
    words = phrases(ROOM, document.language)
    bounds = [one.clock_error_s for one in document.statements if one.clock_error_s is not None]
    unbounded = len(document.statements) - len(bounds)
    if not bounds:
        return words["clock_unbounded"]
    key = "clock_some" if unbounded else "clock_all"
    return words[key].format(most=decimal(max(bounds), ".3f", words), n=unbounded)


def when(document: ReportDocument) -> str:
    """From when to when, on both clocks."""
    words = phrases(ROOM, document.language)
    return words["when_told"].format(
        first=utc_text(document.first_seen_at),
        first_local=local_text(document.first_seen_at, document.zone),
        last=utc_text(document.last_seen_at),
        last_local=local_text(document.last_seen_at, document.zone),
    )


def scope(document: ReportDocument) -> list[str]:
    """Which records were asked for, and how many of them are listed."""
    words = phrases(ROOM, document.language)
    files = sum(count for _, count in document.files_in_all)
    return [
        words["scope_asked"].format(
            lead=document.lead,
            address=document.address,
            first=utc_text(document.first_seen_at),
            last=utc_text(document.last_seen_at),
        ),
        words["scope_statements"].format(
            listed=len(document.statements), of=document.sightings_in_all
        ),
        words["scope_files"].format(listed=len(document.files), of=files),
        words["scope_as_of"].format(as_of=utc_text(document.as_of)),
        words["zone_told"].format(zone=document.zone)
        + (" " + words["zone_assumed"] if document.zone_assumed else ""),
        words["zone_rules"].format(rules=RULES),
    ]


def category(told: str, language: str) -> str:
    """A category in words, with its label as the list spells it; unknown ones as they are."""
    scheme, _, label = told.partition(":")
    meaning = to_internal(scheme, label)
    if meaning is None:
        return told
    words = phrases(ROOM, language)
    return f"{words[f'category_{meaning.kind.name.lower()}']} ({told})"


def vouched(file: FileSeen, language: str) -> list[str]:
    """Which bodies say so now, a sentence each."""
    words = phrases(ROOM, language)
    return [
        words["vote_authority" if one.authority else "vote"].format(
            source=one.source,
            category=one.category,
            list=one.list_name or words["unknown"],
            revision=one.revision,
            on=one.entered_at.date().isoformat(),
        )
        for one in file.votes
    ] or [words["vote_none"]]
