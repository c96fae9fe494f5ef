"""The material of this hub: the home's store, and the sample's world beside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from luzeiro.casework.leads.material import Material
from luzeiro.casework.leads.models import Lead
from luzeiro.casework.leads.sample import SampleWorld
from luzeiro.casework.leads.store_material import StoreMaterial
from luzeiro.sightings.embedded import EmbeddedStore
from luzeiro.sightings.lock import store_lock

WAIT_S = 30.0


def hub_material() -> StoreMaterial:
    """What this home's collectors saw."""
    home: Path = settings.HOME
    return StoreMaterial(home / "segments", lambda: _store(home))


def material_of_lead(lead: Lead) -> Material:
    """Where a lead's sightings are."""
    return SampleWorld() if lead.sample else hub_material()


@contextmanager
def _store(home: Path) -> Iterator[EmbeddedStore]:
    lock = store_lock(home / "store.lock", wait_s=WAIT_S)
    with lock, EmbeddedStore(home / "store") as store:
        yield store
