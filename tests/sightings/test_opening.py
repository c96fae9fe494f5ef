import threading
from pathlib import Path

import pytest

from luzeiro.sightings.driver.owned import OwnedEngine
from luzeiro.sightings.embedded import EmbeddedEngine
from luzeiro.sightings.filters import SightingFilter
from luzeiro.sightings.lock import store_lock
from luzeiro.sightings.opening import LOCK, open_store_in, own_store_in
from luzeiro.sightings.store import StoreBusyError, StoreError


def test_a_store_that_nobody_owns_is_opened_and_one_that_somebody_serves_is_asked(
    tmp_path: Path,
) -> None:
    with open_store_in(tmp_path, wait_s=0) as alone:
        assert isinstance(alone.engine, EmbeddedEngine)
    with own_store_in(tmp_path, wait_s=0) as owner, open_store_in(tmp_path, wait_s=0) as asked:
        assert isinstance(asked.engine, OwnedEngine)
        assert asked.count(SightingFilter()) == owner.count(SightingFilter())
    with open_store_in(tmp_path, wait_s=0) as again:
        assert isinstance(again.engine, EmbeddedEngine)


def test_two_owners_are_one_too_many(tmp_path: Path) -> None:
    with (
        own_store_in(tmp_path, wait_s=0),
        pytest.raises(StoreBusyError, match="in use by process"),
        own_store_in(tmp_path, wait_s=0),
    ):
        pytest.fail("it let two in")


def test_whoever_waits_is_let_in_when_an_owner_begins_to_serve(tmp_path: Path) -> None:
    found = []

    def wait() -> None:
        with open_store_in(tmp_path, wait_s=30) as store:
            found.append(type(store.engine))

    with store_lock(tmp_path / LOCK, wait_s=0):
        thread = threading.Thread(target=wait)
        thread.start()
    thread.join()
    assert found == [EmbeddedEngine]


def test_a_cluster_that_is_not_described_well_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "cluster.toml").write_text("[cluster]\n")
    with (
        pytest.raises(StoreError, match=r"cluster\.toml does not describe a cluster"),
        open_store_in(tmp_path, wait_s=0),
    ):
        pytest.fail("it opened")
