import re
from datetime import UTC, datetime

import pytest

from luzeiro.casework.operations.outcomes import Device, Entry, Figures, What, figures
from luzeiro.casework.operations.papers import (
    Briefing,
    communique_text,
    country_name,
    table_by_country,
    write_briefing,
    write_communique,
    write_report,
)
from luzeiro.casework.paper.phrases import LANGUAGES
from luzeiro.casework.paper.typeset import text_of

AT = datetime(2026, 12, 3, 18, tzinfo=UTC)
REFERENCE = {"AR": 30, "BR": 26, "PY": 5, "US": 2, "EC": 2, "CR": 1}


def of_reference() -> Figures:
    ledger: list[Entry] = []
    for country, arrests in REFERENCE.items():
        for what in (What.SEARCH, What.ARREST, What.RIGHT_ADDRESS, What.CONFIRMED):
            ledger.extend(
                Entry(
                    number=len(ledger) + extra,
                    target=f"{country}-{extra:03d}",
                    country=country,
                    what=what,
                    detail="",
                    count=1,
                    recorded_at=AT,
                    corrects=None,
                )
                for extra in range(1, arrests + 1)
            )
    return figures(ledger, as_of=AT, scope="Luz IX")


def flat(pdf: bytes) -> str:
    return " ".join(text_of(pdf).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_communique_counts_66_arrests_in_six_countries(language: str) -> None:
    text = flat(write_communique(of_reference(), language, sample=True))
    for code, arrests in REFERENCE.items():
        assert re.search(rf"{country_name(code, language)} {arrests} {arrests}\b", text)
    assert "Total 66 66" in text
    assert "2026-12-03T18:00:00.000000Z" in text
    assert "Luz IX" in text


def test_the_sentences_agree_with_their_numbers() -> None:
    assert communique_text(of_reference(), "es")[0] == (
        "La operación Luz IX terminó con 66 personas detenidas en 6 países."
    )
    one = Entry(number=1, target="a", country="CR", what=What.ARREST, detail="", count=1,
                recorded_at=AT, corrects=None)  # fmt: skip
    assert communique_text(figures([one], as_of=AT, scope="X"), "pt")[0] == (
        "A operação X terminou com 1 pessoa presa em 1 país."
    )


@pytest.mark.parametrize(
    ("count", "language", "sentence"),
    [
        (1, "es", "Hubo 1 allanamiento, con 1 dispositivo secuestrado."),
        (2, "pt", "Houve 2 buscas, com 2 aparelhos apreendidos."),
        (1, "en", "1 search took place, with 1 device seized."),
    ],
)
def test_searches_and_devices_agree_with_their_numbers(
    count: int, language: str, sentence: str
) -> None:
    ledger = [
        Entry(number=number, target="a", country="CR", what=what, detail="computer", count=count,
              recorded_at=AT, corrects=None)
        for number, what in enumerate((What.SEARCH, What.DEVICE))
    ]  # fmt: skip
    assert communique_text(figures(ledger, as_of=AT, scope="X"), language)[1] == sentence


def test_no_device_is_told_of_where_none_was_seized_and_no_search_where_none_was_noted() -> None:
    assert communique_text(of_reference(), "en")[1] == "66 searches took place."
    one = Entry(number=1, target="a", country="CR", what=What.ARREST, detail="", count=1,
                recorded_at=AT, corrects=None)  # fmt: skip
    assert len(communique_text(figures([one], as_of=AT, scope="X"), "en")) == 2


def test_nobody_arrested_is_called_guilty() -> None:
    assert communique_text(of_reference(), "en")[-1].startswith("Everybody who was arrested is pre")


def test_countries_stand_by_arrests_and_one_without_a_file_by_its_code() -> None:
    names = [row[0] for row in table_by_country(of_reference(), "en")]
    assert names == [
        "Argentina", "Brazil", "Paraguay", "Ecuador", "United States", "Costa Rica",
    ]  # fmt: skip
    assert country_name("UY", "en") == "UY"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_tells_every_figure_and_the_measured_errors(language: str) -> None:
    ledger = [
        Entry(number=number, target="a", country="AR", what=What.DEVICE, detail=kind.value,
              count=number, recorded_at=AT, corrects=None)
        for number, kind in enumerate(Device, start=1)
    ]  # fmt: skip
    text = flat(write_report(figures(ledger, as_of=AT, scope="X"), language, sample=False))
    assert "15" in text
    assert {"es": "0,0 %", "pt": "0,0 %", "en": "0.0 %"}[language] in text
    assert "2026-12-03T18:00:00" in text


def briefing(**changes: object) -> Briefing:
    told: dict[str, object] = {
        "operation": "Luz IX",
        "code": "US-001",
        "unit": "Sample unit",
        "h_hour_at": datetime(2026, 11, 1, 11, tzinfo=UTC),
        "zone": "America/New_York",
        "order_number": "12/2026",
        "order_expires_on": "2026-11-05",
        "people_at_risk": "",
        "doors": (("Sample Person", "Sample Street 1"),),
        "installs": (("Invented 1.0", "user_hash", "ab" * 16),),
        "files": (("btih", "ee" * 20, "caid-uk:A"),),
        "failing": (),
        "made_at": AT,
        "made_by": "Ana",
        "sample": True,
        **changes,
    }
    return Briefing(**told)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_briefing_tells_the_hour_on_both_clocks_and_that_they_change(language: str) -> None:
    text = flat(write_briefing(briefing(), language))
    assert "2026-11-01 11:00 UTC" in text
    assert "2026-11-01 06:00 -05:00" in text
    assert {"es": "los relojes cambian", "pt": "os relógios mudam", "en": "clocks change"}[
        language
    ] in text


def test_a_briefing_lists_what_the_examiner_looks_for() -> None:
    text = "".join(text_of(write_briefing(briefing(), "en")).split())
    for wanted in ("Invented1.0", "user_hash", "ab" * 16, "ee" * 20, "SampleStreet1"):
        assert wanted in text


def test_a_briefing_says_what_does_not_hold_and_what_is_not_known() -> None:
    text = flat(
        write_briefing(
            briefing(failing=("no order",), doors=(), h_hour_at=None, order_number=""), "en"
        )
    )
    for wanted in (
        "This does not hold yet: ",
        "no order",
        "no answer of the provider",
        "not fixed",
    ):
        assert wanted in text
