from pathlib import Path

import pytest

from luzeiro.sightings.driver.owned import NoOwnerError, OwnedEngine
from luzeiro.sightings.driver.owner import serving
from luzeiro.sightings.embedded import EmbeddedStore
from luzeiro.sightings.store import StoreError


def test_without_an_owner_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoOwnerError, match="Nobody serves the store"):
        OwnedEngine(tmp_path / "sock")


def test_an_owner_that_goes_away_is_a_clear_error(store: EmbeddedStore, tmp_path: Path) -> None:
    with serving(store.engine, tmp_path / "sock"):
        engine = OwnedEngine(tmp_path / "sock")
    engine._link.shutdown(2)
    with pytest.raises(StoreError, match="went away while it was asked"):
        engine.ask("SELECT 1 AS one")
    engine.close()
