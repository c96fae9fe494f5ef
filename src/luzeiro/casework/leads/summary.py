"""A lead in plain words, no stronger than its grade."""

from collections import Counter

from django.utils.translation import get_language

from luzeiro.casework.leads.models import Lead
from luzeiro.casework.leads.wording import observed, reach
from luzeiro.casework.paper.phrases import paper_language
from luzeiro.observations.grade import Grade


def summary(lead: Lead) -> list[str]:
    """Whole sentences: what the address stated, how often, how far it can be taken."""
    language = paper_language(get_language() or "en")
    return [
        *observed(
            files_by_grade(lead), sightings=lead.sightings, days=lead.days, language=language
        ),
        reach(lead.doubts, resolvable=lead.resolvable, language=language),
    ]


def files_by_grade(lead: Lead) -> dict[Grade, int]:
    """How many of a lead's files have which grade as their strongest."""
    return dict(Counter(map(Grade, lead.files.values_list("grade", flat=True))))
