from pathlib import Path

import pytest
from pytest_django import Settings

from luzeiro.casework.leads.hub import hub_material, material_of_lead
from luzeiro.casework.leads.models import Lead
from luzeiro.casework.leads.sample import SampleWorld
from luzeiro.casework.leads.store_material import StoreMaterial


def test_a_lead_of_the_sample_has_the_samples_material(tmp_path: Path, settings: Settings) -> None:
    settings.HOME = tmp_path
    assert isinstance(material_of_lead(Lead(sample=True)), SampleWorld)
    assert isinstance(material_of_lead(Lead()), StoreMaterial)


@pytest.mark.parametrize("addresses", [[], [b"\0" * 16]])
def test_an_empty_home_has_no_material(
    tmp_path: Path, settings: Settings, addresses: list[bytes]
) -> None:
    settings.HOME = tmp_path
    material = hub_material()
    assert material.segments() == []
    assert list(material.sightings_of(addresses)) == []
