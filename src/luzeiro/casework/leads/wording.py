"""What may be said of an address, and no more: whole sentences, chosen by the grade alone.

The lead's page and the investigator's report say these same sentences. A grade has sentences of its
own; those of a stronger one cannot be reached from a weaker (docs/decisions/0015).
"""

from collections.abc import Mapping, Sequence

from luzeiro.casework.leads.resolvable import Doubt
from luzeiro.casework.paper.phrases import phrases
from luzeiro.observations.grade import Grade

ROOM = "leads"


def observed(files: Mapping[Grade, int], *, sightings: int, days: int, language: str) -> list[str]:
    """Say what was observed, file by file no stronger than its own grade.

    Args:
        files: how many files have which grade as their strongest.
        sightings: how many records there are.
        days: on how many UTC days.
        language: "es", "pt" or "en".

    Returns:
        A sentence or two for each grade that a file has, the strongest first; then how often.
        Nothing where nothing is left, as of a lead that was recalled.
    """
    words = phrases(ROOM, language)
    told = [
        words[f"{grade}_{'one' if files[grade] == 1 else 'many'}"].format(n=files[grade])
        for grade in sorted(files, key=lambda grade: -grade.rank)
        if files[grade]
    ]
    return [*told, _how_often(words, sightings, days)] if told else []


def reach(doubts: Sequence[str], *, resolvable: bool, language: str) -> str:
    """Say how far the provider could take it."""
    words = phrases(ROOM, language)
    if not resolvable:
        return words["reach_none"]
    return words["reach_doubts" if doubts else "reach_good"]


def doubt(told: str, language: str) -> str:
    """A reason for doubt as a sentence; what is no reason of ours stays as it is."""
    if told not in set(Doubt):
        return told
    return phrases(ROOM, language)[f"doubt_{Doubt(told).name.lower()}"]


def _how_often(words: Mapping[str, str], sightings: int, days: int) -> str:
    if sightings == 1:
        return words["recorded_once"]
    key = "recorded_one_day" if days == 1 else "recorded_days"
    return words[key].format(n=sightings, days=days)
