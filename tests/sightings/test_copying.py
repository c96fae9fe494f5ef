import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from luzeiro.observations.batch import to_table
from luzeiro.sightings import copying
from luzeiro.sightings.columns import for_store
from luzeiro.sightings.driver.owned import OwnedEngine
from luzeiro.sightings.embedded import EmbeddedStore
from luzeiro.sightings.filters import SightingFilter
from luzeiro.sightings.sql_store import SqlStore
from luzeiro.sightings.store import StoreError, Taken
from luzeiro.sightings.verdicts import verdict_columns
from tests.observations.examples import AT, sighting
from tests.sightings.examples import knows_all
from tests.sightings.test_questions import DAY

SERVES = """
import sys
from pathlib import Path
from luzeiro.sightings.opening import own_store_in
with own_store_in(Path(sys.argv[1]), wait_s=0):
    print("open", flush=True)
    sys.stdin.read(1)
"""


def put(store: SqlStore, *numbers: int) -> None:
    sealed = to_table([sighting(number, seen_at=AT + number * DAY) for number in numbers])
    store.insert(for_store(sealed, verdict_columns(sealed, knows_all), b"s" * 32))
    store.enter(Taken(b"s" * 32, "s.parquet", len(numbers), AT))


def test_the_same_rows_give_the_same_blocks(
    store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "BLOCK_ROWS", 4)
    put(store, *range(10))
    told = copying.partitions(store)
    assert sum(count for count, _ in told.values()) == 10
    for partition, (count, _) in told.items():
        first, second = (list(copying.blocks(store, partition)) for _ in range(2))
        assert first == second
        assert [len(block) for block in first][:-1] == [4] * (len(first) - 1)
        assert sum(map(len, first)) == count


def test_a_store_is_moved_whole_and_again_does_no_harm(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    put(store, *range(60))
    other = tmp_path / "other"
    other.mkdir()
    command = [sys.executable, "-c", SERVES, str(other)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as serving:
        assert serving.stdout is not None
        assert serving.stdout.readline() == b"open\n"
        with SqlStore(OwnedEngine(other / "store.sock")) as target:
            first = next(iter(copying.partitions(store)))
            half = next(copying.blocks(store, first)).slice(0, 5)
            target.engine.insert("sightings", half, token="")  # a move that was cut short
            for _ in range(2):
                heard: list[int] = []
                assert copying.move(store, target, heard.append) == sum(heard) == 60
                assert target.taken_after(None) == store.taken_after(None)
                ours, theirs = (
                    pa.Table.from_batches(one.rows(SightingFilter())) for one in (store, target)
                )
                assert ours.equals(theirs)
            target.enter(Taken(b"x" * 32, "x.parquet", 1, AT))
            with pytest.raises(StoreError, match="1 segments that are not in this store"):
                copying.move(store, target)
        serving.kill()
