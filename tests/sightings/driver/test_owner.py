import os
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from luzeiro.observations.batch import to_table
from luzeiro.sightings.columns import for_store
from luzeiro.sightings.driver.owned import OwnedEngine
from luzeiro.sightings.driver.owner import serving
from luzeiro.sightings.embedded import EmbeddedStore
from luzeiro.sightings.filters import SightingFilter
from luzeiro.sightings.sql_store import SqlStore
from luzeiro.sightings.store import StoreError, Taken
from luzeiro.sightings.verdicts import verdict_columns
from tests.observations.examples import AT, sighting
from tests.sightings.examples import knows_all


def put(store: SqlStore, *numbers: int) -> None:
    sealed = to_table([sighting(number) for number in numbers])
    store.insert(for_store(sealed, verdict_columns(sealed, knows_all), b"s" * 32))


def test_whoever_asks_the_owner_gets_what_the_owner_would(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    with serving(store.engine, tmp_path / "sock"), SqlStore(OwnedEngine(tmp_path / "sock")) as ours:
        put(ours, 1, 2, 3)
        ours.enter(Taken(b"s" * 32, "s.parquet", 3, AT))
        assert store.count(SightingFilter()) == ours.count(SightingFilter())
        assert ours.count(SightingFilter())["sightings"][0].as_py() == 3
        theirs = [batch.to_pylist() for batch in ours.rows(SightingFilter())]
        assert theirs == [batch.to_pylist() for batch in store.rows(SightingFilter())]
        assert ours.taken_after(None) == store.taken_after(None)
        ours.tidy()
        ours.remove([b"s" * 32])
        assert store.count(SightingFilter())["sightings"][0].as_py() == 0


def test_a_stream_goes_on_while_others_ask(store: EmbeddedStore, tmp_path: Path) -> None:
    put(store, *range(50))
    with serving(store.engine, tmp_path / "sock"), SqlStore(OwnedEngine(tmp_path / "sock")) as ours:
        batches = ours.rows(SightingFilter())
        first = next(batches)
        assert ours.count(SightingFilter())["sightings"][0].as_py() == 50
        assert len(first) + sum(map(len, batches)) == 50


def test_many_can_ask_at_once(store: EmbeddedStore, tmp_path: Path) -> None:
    put(store, 1, 2)
    counts = []

    def ask() -> None:
        with SqlStore(OwnedEngine(tmp_path / "sock")) as ours:
            counts.append(ours.count(SightingFilter())["sightings"][0].as_py())

    with serving(store.engine, tmp_path / "sock"):
        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert counts == [2] * 8


def test_what_the_engine_refuses_is_told_to_who_asked(store: EmbeddedStore, tmp_path: Path) -> None:
    with serving(store.engine, tmp_path / "sock"), SqlStore(OwnedEngine(tmp_path / "sock")) as ours:
        with pytest.raises(StoreError, match="Unknown table"):
            ours.engine.ask("SELECT 1 FROM nowhere")
        with pytest.raises(StoreError, match="Unknown table"):
            list(ours.engine.stream("SELECT 1 FROM nowhere"))
        assert ours.count(SightingFilter())["sightings"][0].as_py() == 0


def test_only_this_account_can_reach_the_socket_and_it_is_no_network_s(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    with serving(store.engine, tmp_path / "sock"):
        found = (tmp_path / "sock").stat()
        assert stat.S_ISSOCK(found.st_mode)
        assert stat.S_IMODE(found.st_mode) == 0o600
        assert found.st_uid == os.geteuid()
        listening = subprocess.run(["ss", "-ltunpH"], capture_output=True, text=True, check=True)
        assert f"pid={os.getpid()}," not in listening.stdout
    assert not (tmp_path / "sock").exists()


def test_a_dead_owner_s_socket_is_replaced(store: EmbeddedStore, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "sock"))
    with serving(store.engine, tmp_path / "sock"), SqlStore(OwnedEngine(tmp_path / "sock")) as ours:
        assert ours.latest_taken() is None


def test_what_is_no_frame_ends_that_link_alone(store: EmbeddedStore, tmp_path: Path) -> None:
    with serving(store.engine, tmp_path / "sock"):
        with socket.socket(socket.AF_UNIX) as strange:
            strange.connect(str(tmp_path / "sock"))
            strange.sendall(b"\xff" * 12)
            assert strange.recv(1) == b""
        with SqlStore(OwnedEngine(tmp_path / "sock")) as ours:
            assert ours.latest_taken() is None


SECOND = """
import sys
from pathlib import Path
from luzeiro.sightings.embedded import EmbeddedStore
try:
    EmbeddedStore(Path(sys.argv[1]))
except Exception as error:
    print(type(error).__name__, error)
"""


def test_a_second_opener_without_the_lock_is_refused_and_does_no_damage(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    put(store, 1, 2)
    command = [sys.executable, "-c", SECOND, str(tmp_path / "store")]
    second = subprocess.run(command, capture_output=True, text=True, check=True)
    assert second.stdout.startswith("StoreError The store in ")
    assert store.count(SightingFilter())["sightings"][0].as_py() == 2
