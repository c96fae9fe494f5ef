import os
import select
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from threading import Event

import pyarrow as pa
import pytest

from luzeiro.observations.batch import from_table, to_table
from luzeiro.observations.segment import SegmentName, read
from luzeiro.sightings.columns import for_store
from luzeiro.sightings.embedded import EmbeddedStore
from luzeiro.sightings.filters import SightingFilter
from luzeiro.sightings.intake import GATHER_SEGMENTS, Intake, IntakeReport, gathered
from luzeiro.sightings.store import StoreError
from luzeiro.sightings.verdicts import verdict_columns
from tests.observations.examples import sighting
from tests.sightings.examples import knows_all, knows_nothing, put_segment


def total(store: EmbeddedStore) -> int:
    return int(store.count(SightingFilter())["sightings"][0].as_py())


def rows_in(store: EmbeddedStore, path: Path) -> None:
    """What an intake does before it is killed."""
    sealed = read(path)
    name = SegmentName.parse(path.name)
    store.insert(for_store(sealed, verdict_columns(sealed, knows_all), name.sha256))


def test_what_waits_goes_into_the_store_and_its_segment_is_kept_by_day(
    store: EmbeddedStore, intake: Intake, tmp_path: Path
) -> None:
    path = put_segment(tmp_path / "spool", [sighting(1), sighting(2)])
    assert intake.run() == IntakeReport(segments=1, sightings=2)
    kept = tmp_path / "segments" / "2026-03-04" / path.name
    assert from_table(read(kept)) == [sighting(1), sighting(2)]
    assert not list((tmp_path / "spool").rglob("*.parquet"))
    assert total(store) == 2
    taken = store.taken(SegmentName.parse(path.name).sha256)
    assert taken is not None
    assert (taken.name, taken.sightings) == (path.name, 2)


def test_nothing_waiting_is_nothing_done(store: EmbeddedStore, intake: Intake) -> None:
    assert intake.run() == IntakeReport()
    assert total(store) == 0


def test_a_segment_that_comes_twice_is_one(
    store: EmbeddedStore, intake: Intake, tmp_path: Path
) -> None:
    for expected in (IntakeReport(segments=1, sightings=1), IntakeReport(repeated=1)):
        put_segment(tmp_path / "spool", [sighting(1)])
        assert intake.run() == expected
    assert total(store) == 1
    assert len(list((tmp_path / "segments").rglob("*.parquet"))) == 1


def test_a_sighting_that_the_catalogue_no_longer_knows_is_kept_and_counted(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    intake = Intake(
        store,
        spool=tmp_path / "spool",
        segments=tmp_path / "segments",
        verdicts=knows_nothing,
        now=lambda: datetime(2026, 3, 6, tzinfo=UTC),
    )
    put_segment(tmp_path / "spool", [sighting(1)])
    assert intake.run() == IntakeReport(segments=1, sightings=1, without_entry=1)
    assert total(store) == 1


@pytest.mark.parametrize("damage", ["cut", "flipped", "emptied"])
def test_a_damaged_segment_is_set_aside_and_stops_no_other(
    store: EmbeddedStore, intake: Intake, tmp_path: Path, damage: str
) -> None:
    bad, good = (put_segment(tmp_path / "spool", [sighting(number)]) for number in (1, 2))
    sealed = bad.read_bytes()
    flipped = bytes([sealed[0] ^ 1]) + sealed[1:]
    bad.write_bytes({"cut": sealed[:-1], "flipped": flipped, "emptied": b""}[damage])
    report = intake.run()
    assert (report.segments, report.sightings) == (1, 1)
    (damaged,) = report.damaged
    assert damaged.path == tmp_path / "spool" / "damaged" / bad.name
    assert damaged.path.exists()
    assert "SHA-256" in damaged.why
    assert total(store) == 1
    assert (tmp_path / "segments" / "2026-03-04" / good.name).exists()
    assert intake.run() == IntakeReport()


def test_a_crash_before_the_insert_loses_nothing(
    store: EmbeddedStore, intake: Intake, tmp_path: Path
) -> None:
    put_segment(tmp_path / "spool" / "taking", [sighting(1)])
    assert intake.run() == IntakeReport(segments=1, sightings=1)
    assert total(store) == 1


def test_a_crash_between_insert_and_ledger_doubles_nothing(
    store: EmbeddedStore, intake: Intake, tmp_path: Path
) -> None:
    rows_in(store, put_segment(tmp_path / "spool" / "taking", [sighting(1), sighting(2)]))
    assert intake.run() == IntakeReport(segments=1, sightings=2)
    assert total(store) == 2


def test_a_crash_between_ledger_and_move_doubles_nothing(
    store: EmbeddedStore, intake: Intake, tmp_path: Path
) -> None:
    path = put_segment(tmp_path / "spool", [sighting(1)])
    intake.run()
    put_segment(tmp_path / "spool" / "taking", [sighting(1)])
    assert intake.run() == IntakeReport(repeated=1)
    assert total(store) == 1
    assert (tmp_path / "segments" / "2026-03-04" / path.name).exists()


def test_half_an_insert_is_taken_back_and_done_whole(
    store: EmbeddedStore, intake: Intake, tmp_path: Path
) -> None:
    path = put_segment(tmp_path / "spool" / "taking", [sighting(1), sighting(2)])
    sealed, name = to_table([sighting(1)]), SegmentName.parse(path.name)
    store.insert(for_store(sealed, verdict_columns(sealed, knows_all), name.sha256))
    assert intake.run() == IntakeReport(segments=1, sightings=2)
    assert total(store) == 2


def test_rows_of_a_segment_that_was_damaged_half_way_are_taken_back(
    store: EmbeddedStore, intake: Intake, tmp_path: Path
) -> None:
    path = put_segment(tmp_path / "spool" / "taking", [sighting(1)])
    rows_in(store, path)
    path.write_bytes(b"")
    assert len(intake.run().damaged) == 1
    assert total(store) == 0


def test_tiny_segments_make_groups_that_a_question_can_name(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.parquet" for number in range(GATHER_SEGMENTS + 1)]
    assert [len(group) for group in gathered(paths)] == [GATHER_SEGMENTS, 1]


def test_one_group_is_made_ready_while_another_is_inserted_and_a_failure_loses_neither(
    store: EmbeddedStore, intake: Intake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("luzeiro.sightings.intake.GATHER_ROWS", 1)
    for number in range(3):
        put_segment(tmp_path / "spool", [sighting(number)])
    insert, begun = store.insert, Event()

    def slow(rows: pa.Table, *, token: str) -> None:
        assert begun.wait(60), "the next group was not read meanwhile"
        insert(rows, token=token)
        raise StoreError("killed after the insert")

    def reading(path: Path, columns: Sequence[str], *, words_as_numbers: bool) -> pa.Table:
        if len(list((tmp_path / "spool" / "taking").glob("*.parquet"))) == 2:
            begun.set()
        return read(path, columns, words_as_numbers=words_as_numbers)

    with monkeypatch.context() as patched:
        patched.setattr(store, "insert", slow)
        patched.setattr("luzeiro.sightings.intake.read", reading)
        with pytest.raises(StoreError, match="killed"):
            intake.run()
    assert intake.run() == IntakeReport(segments=3, sightings=3)
    assert total(store) == 3


def test_a_failing_store_leaves_the_segments_for_the_next_time(
    store: EmbeddedStore, intake: Intake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_segment(tmp_path / "spool", [sighting(1)])

    def fail(_rows: object, **_: object) -> None:
        raise StoreError("no space left")

    with monkeypatch.context() as patched:
        patched.setattr(store, "insert", fail)
        with pytest.raises(StoreError):
            intake.run()
    assert intake.run() == IntakeReport(segments=1, sightings=1)
    assert total(store) == 1


# Has loaded what it needs, but no engine, whose threads no fork survives. At each line that it is
# told, it has a child that takes in.
TAKES_IN = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from luzeiro.sightings.embedded import EmbeddedStore
from luzeiro.sightings.intake import Intake
from luzeiro.sightings.lock import store_lock
from tests.sightings.examples import knows_all
home = Path(sys.argv[1])
def take_in():
    with store_lock(home / "store.lock", wait_s=10), EmbeddedStore(home / "store") as store:
        print(os.getpid(), flush=True)
        intake = Intake(
            store,
            spool=home / "spool",
            segments=home / "segments",
            verdicts=knows_all,
            now=lambda: datetime(2026, 3, 6, tzinfo=UTC),
        )
        intake.run()
    os._exit(0)
for line in sys.stdin:
    child = os.fork()
    if not child:
        take_in()
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def test_kills_at_any_instant_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    """Kill -9 ten times, each at another instant of the intake; then let it end."""
    segments, each, random = 24, 50, Random(7)
    for number in range(segments):
        first = number * each
        put_segment(tmp_path / "spool", [sighting(first + n) for n in range(each)])
    killed_at_work = 0
    with subprocess.Popen(
        [sys.executable, "-c", TAKES_IN, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        for ends_at_s in (*(random.uniform(0, 0.06) for _ in range(10)), None):
            print("take in", file=parent.stdin, flush=True)
            child = int(parent.stdout.readline())
            if ends_at_s is not None:
                ended, _, _ = select.select([parent.stdout], [], [], ends_at_s)
                with suppress(ProcessLookupError):  # it ended now, of itself
                    if not ended:
                        os.kill(child, signal.SIGKILL)
            status = int(parent.stdout.readline())
            killed_at_work += status == -signal.SIGKILL
        assert status == 0
        parent.stdin.close()
    with EmbeddedStore(tmp_path / "store") as store:
        ids = [one for batch in store.rows(SightingFilter()) for one in batch["sighting_id"]]
        assert len(ids) == len(set(ids)) == segments * each
    assert len(list((tmp_path / "segments").rglob("*.parquet"))) == segments
    assert not list((tmp_path / "spool").rglob("*.parquet"))
    assert killed_at_work >= 3
