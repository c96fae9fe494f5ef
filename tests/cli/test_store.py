from pathlib import Path

import pytest

from luzeiro.cli.home import Home
from luzeiro.cli.store import open_store
from luzeiro.sightings.filters import SightingFilter
from luzeiro.sightings.store import StoreBusyError, StoreError


def test_the_store_of_a_home_opens_again_and_again(tmp_path: Path) -> None:
    for _ in range(2):
        with open_store(Home(tmp_path)) as store:
            assert store.count(SightingFilter())["sightings"][0].as_py() == 0


def test_a_store_that_somebody_has_open_is_busy(tmp_path: Path) -> None:
    with (
        open_store(Home(tmp_path)),
        pytest.raises(StoreBusyError),
        open_store(Home(tmp_path), wait_s=0),
    ):
        pytest.fail("it let two in")


def test_a_store_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file where a folder must be")
    with pytest.raises(StoreError, match="store"), open_store(Home(tmp_path)):
        pytest.fail("it opened")
