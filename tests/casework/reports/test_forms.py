from luzeiro.casework.paper.phrases import LANGUAGES
from luzeiro.casework.reports.forms import LanguageForm


def test_a_report_can_be_had_in_each_language_of_papers_and_in_no_other() -> None:
    for language in LANGUAGES:
        assert LanguageForm({"language": language}).is_valid()
    assert not LanguageForm({"language": "fr"}).is_valid()
