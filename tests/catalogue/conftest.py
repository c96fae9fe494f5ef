from collections.abc import Iterator
from pathlib import Path

import pytest

from luzeiro.catalogue.store import Catalogue, open_catalogue


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    """An empty catalogue in a folder of its own."""
    with open_catalogue(tmp_path) as opened:
        yield opened
