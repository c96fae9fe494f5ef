import tomllib
from importlib.resources import files

import pytest

from luzeiro.casework.paper.phrases import LANGUAGES
from luzeiro.casework.requests.jurisdictions.table import _read, jurisdictions

LAWS = jurisdictions()


def test_the_six_countries_of_the_reference_case_have_a_file() -> None:
    assert set(LAWS) >= {"AR", "BR", "PY", "US", "EC", "CR"}


@pytest.mark.parametrize("country", sorted(LAWS))
def test_a_country_says_in_which_languages_on_what_basis_and_in_which_zones(country: str) -> None:
    law = LAWS[country]
    assert set(law.languages) <= set(LANGUAGES)
    assert set(law.name) == set(LANGUAGES)
    for form in (law.preservation, law.subscriber):
        assert form.basis
        assert set(form.order) == set(LANGUAGES)
        assert all(one.act and (one.article or True) for one in form.basis)
    assert all(region.startswith(f"{country}-") for region in law.zones)


@pytest.mark.parametrize("country", sorted(LAWS))
def test_days_of_retention_are_relied_on_only_where_they_are_sourced(country: str) -> None:
    retention = LAWS[country].retention
    assert retention.known or retention.days is None
    assert retention.days is None or retention.act


def test_a_region_has_its_own_zone_and_an_unknown_one_the_usual() -> None:
    assert LAWS["BR"].zone_of("BR-AM") == "America/Manaus"
    assert LAWS["BR"].zone_of("") == "America/Sao_Paulo"
    assert LAWS["EC"].zone_of("EC-W") == "Pacific/Galapagos"


def test_every_state_of_brazil_and_province_of_argentina_has_a_zone() -> None:
    assert len(LAWS["BR"].zones) == 27
    assert len(LAWS["AR"].zones) + len({"AR-C", "AR-B"}) == 24


def told(country: str = "AR") -> dict[str, object]:
    place = files("luzeiro.casework.requests.jurisdictions") / f"{country}.toml"
    return tomllib.loads(place.read_text(encoding="utf-8"))


def test_a_file_that_lacks_something_says_what() -> None:
    for key in ("zone", "languages", "retention", "subscriber"):
        with pytest.raises(ValueError, match=f"AR.toml: '{key}' is missing"):
            _read("AR.toml", {name: held for name, held in told().items() if name != key})


def test_a_file_is_named_by_its_country() -> None:
    with pytest.raises(ValueError, match="name it so"):
        _read("XX.toml", told())


def test_a_zone_that_does_not_exist_is_found_at_once() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        _read("AR.toml", {**told(), "zone": "America/Nowhere"})
