from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from luzeiro.sightings.embedded import EmbeddedStore
from luzeiro.sightings.intake import Intake
from tests.sightings.examples import knows_all


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    with EmbeddedStore(tmp_path / "store") as opened:
        yield opened


@pytest.fixture
def intake(store: EmbeddedStore, tmp_path: Path) -> Intake:
    return Intake(
        store,
        spool=tmp_path / "spool",
        segments=tmp_path / "segments",
        verdicts=knows_all,
        now=lambda: datetime(2026, 3, 6, tzinfo=UTC),
    )
