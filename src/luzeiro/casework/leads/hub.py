"""The material of this hub: the home's store, and the sample's world beside it."""

from functools import partial
from pathlib import Path

from django.conf import settings

from luzeiro.casework.leads.material import Material
from luzeiro.casework.leads.models import Lead
from luzeiro.casework.leads.sample import SampleWorld
from luzeiro.casework.leads.store_material import StoreMaterial
from luzeiro.sightings.opening import open_store_in

WAIT_S = 30.0


def hub_material() -> StoreMaterial:
    """What this home's collectors saw."""
    home: Path = settings.HOME
    return StoreMaterial(home / "segments", partial(open_store_in, home, wait_s=WAIT_S))


def material_of_lead(lead: Lead) -> Material:
    """Where a lead's sightings are."""
    return SampleWorld() if lead.sample else hub_material()
