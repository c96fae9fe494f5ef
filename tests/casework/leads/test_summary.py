import pytest
from django.utils import translation

from luzeiro.casework.leads.material import NOWHERE
from luzeiro.casework.leads.summary import files_by_grade, summary
from luzeiro.observations.grade import Grade
from tests.casework.world import a_lead, seen

pytestmark = pytest.mark.django_db
ACCUSING = ("distribut", "person", "suspect", "user", "shared by")


def test_the_summary_is_no_stronger_than_the_grade() -> None:
    stated = summary(a_lead(seen()))
    assert "stated" in stated[0]
    assert "stands alone" in stated[0]
    strong = summary(a_lead(seen("192.0.2.2", grade=Grade.CORROBORATED)))
    assert "corroborate one another" in strong[0]


def test_each_file_is_told_by_its_own_grade_and_not_by_the_leads_strongest() -> None:
    lead = a_lead(seen(), seen(entry=8), seen(entry=9, grade=Grade.CORROBORATED))
    assert files_by_grade(lead) == {Grade.STATED: 2, Grade.CORROBORATED: 1}
    told = summary(lead)
    assert "one categorised file" in told[0]
    assert "2 categorised files" in told[1]
    assert "corroborate" not in told[1]


def test_the_summary_accuses_nobody() -> None:
    for place in (seen(), seen("192.0.2.2", source=False, place=NOWHERE)):
        told = " ".join(summary(a_lead(place))).lower()
        assert not [word for word in ACCUSING if word in told]


@pytest.mark.parametrize(("language", "word"), [("es", "declaró"), ("pt-br", "declarou")])
def test_the_summary_speaks_the_officers_language(language: str, word: str) -> None:
    lead = a_lead(seen(), seen(entry=8))
    with translation.override(language):
        assert word in summary(lead)[0]
