import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luzeiro.observations.batch import instant, to_table
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.grade import Grade
from luzeiro.observations.identifiers import Identifier, IdentifierKind
from luzeiro.observations.record import Sighting, UserId
from luzeiro.sightings import queries
from luzeiro.sightings.columns import RESULT, for_store
from luzeiro.sightings.embedded import EmbeddedEngine, EmbeddedStore
from luzeiro.sightings.filters import SightingFilter
from luzeiro.sightings.schema import VERSION, migrations
from luzeiro.sightings.store import By, StoreError, StoreFullError, Taken
from luzeiro.sightings.verdicts import verdict_columns
from tests.full_disk import fill, small_disk
from tests.observations.examples import AT, BTIH, PEER, sighting
from tests.observations.test_batch import SIGHTINGS
from tests.sightings.examples import knows_all

DAY = timedelta(days=1)
OTHER_PEER = Endpoint.parse("2001:db8::7", 6881)
OTHER_FILE = Identifier(IdentifierKind.BTIH, b"\xff" * 20)


def put(
    store: EmbeddedStore, *sightings: Sighting, segment: bytes = b"s" * 32, country: str = ""
) -> pa.Table:
    sealed = to_table(sightings)
    rows = for_store(sealed, verdict_columns(sealed, knows_all), segment)
    where = rows.column_names.index("country")
    told = pa.array([country.encode()] * len(rows), rows.schema.field(where).type)
    rows = rows.set_column(where, "country", told)
    store.insert(rows)
    return rows


def do(store: EmbeddedStore, statement: str) -> None:
    assert isinstance(store.engine, EmbeddedEngine)
    store.engine._do(statement)


def found(store: EmbeddedStore, **wanted: object) -> list[int]:
    """The numbers of the sightings that a filter finds."""
    batches = store.rows(SightingFilter(**wanted))  # type: ignore[arg-type] # as each test wants
    return [UUID(bytes=one["sighting_id"]).int & 0xFF for one in _rows(batches)]


def graded(store: EmbeddedStore) -> dict[int, str]:
    rows = _rows(store.rows(SightingFilter()))
    return {UUID(bytes=one["sighting_id"]).int & 0xFF: str(one["grade"]) for one in rows}


def _rows(batches: Iterable[pa.RecordBatch]) -> list[dict[str, Any]]:  # Any: of each column's type
    return [row for batch in batches for row in batch.to_pylist()]


def invented(count: int) -> list[Sighting]:
    """Sightings with any values in their fields, in three partitions of the store."""
    drawn: list[Sighting] = []

    @settings(max_examples=count, deadline=None)
    @given(SIGHTINGS, st.sampled_from([AT - 999 * DAY, AT, AT + 999 * DAY]))
    def draw(one: Sighting, at: datetime) -> None:
        seen = replace(one.observation, seen_at=at + timedelta(microseconds=len(drawn)))
        drawn.append(replace(one, observation=seen))

    draw()
    return drawn


def test_every_value_comes_back_from_the_store(store: EmbeddedStore) -> None:
    sightings = invented(150)  # in one insert: each costs a sync, and a part for each partition
    rows = put(store, *sightings)
    batches = list(store.rows(SightingFilter()))
    assert all(batch.schema.equals(RESULT) for batch in batches)
    stored = {int(one["position"]): one for one in _rows(batches)}
    sealed = to_table(sightings).to_pylist()
    assert len(stored) == len(sealed) >= 100
    for position, row in enumerate(sealed):
        for name in set(row) - {"exchange", "grade"}:
            assert stored[position][name] == row[name], (name, row)
        assert stored[position]["entry_id"] == rows["entry_id"][position].as_py()


@pytest.mark.parametrize("at", [datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)])
def test_the_ends_of_time_come_back_from_the_store(store: EmbeddedStore, at: datetime) -> None:
    put(store, sighting(1, seen_at=at))
    assert [instant(row["seen_at"]) for row in _rows(store.rows(SightingFilter()))] == [at]


def test_sightings_are_found_by_each_filter_and_newest_first(store: EmbeddedStore) -> None:
    put(
        store,
        sighting(1),
        sighting(2, remote=OTHER_PEER, seen_at=AT + DAY),
        sighting(3, identifier=OTHER_FILE, grade=Grade.HEARD),
        sighting(4, grade=Grade.REACHED, seen_at=AT - DAY),
    )
    assert found(store) == [2, 3, 1, 4]
    assert found(store, addresses=(OTHER_PEER.packed,)) == [2]
    assert found(store, identifier=OTHER_FILE) == [3]
    assert found(store, since=AT) == [2, 3, 1]
    assert found(store, until=AT) == [4]
    assert found(store, grade=Grade.STATED) == [2, 1]
    assert found(store, grade=Grade.REACHED) == [2, 1, 4]
    assert found(store, entry_id=256) == [3]
    assert found(store, sighting_id=sighting(4).sighting_id) == [4]
    assert [len(batch) for batch in store.rows(SightingFilter(), limit=2)] == [2]


def test_stated_on_two_utc_days_at_one_address_is_corroborated(store: EmbeddedStore) -> None:
    put(store, sighting(1), sighting(2, seen_at=AT + DAY), sighting(3, grade=Grade.REACHED))
    assert graded(store) == {1: "corroborated", 2: "corroborated", 3: "reached"}
    assert found(store, grade=Grade.CORROBORATED) == [2, 1]
    assert found(store, grade=Grade.STATED) == [2, 1]


@pytest.mark.parametrize(
    "changes",
    [
        {"seen_at": AT + timedelta(hours=1)},  # the same day
        {"seen_at": AT + DAY, "remote": OTHER_PEER},
        {"seen_at": AT + DAY, "identifier": OTHER_FILE},
        {"seen_at": AT + DAY, "file_index": 1},
        {"seen_at": AT + DAY, "file_index": None},
        {"seen_at": AT + DAY, "grade": Grade.REACHED},
        {"seen_at": AT + DAY, "grade": Grade.HEARD},
    ],
)
def test_nothing_less_corroborates(store: EmbeddedStore, changes: dict[str, object]) -> None:
    put(store, sighting(1), sighting(2, **changes))
    assert graded(store)[1] == "stated"
    assert found(store, grade=Grade.CORROBORATED) == []


def test_a_day_is_a_utc_day_not_24_hours(store: EmbeddedStore) -> None:
    midnight = datetime(2026, 3, 5, tzinfo=UTC)
    put(
        store,
        sighting(1, seen_at=midnight - timedelta(microseconds=1)),
        sighting(2, seen_at=midnight),
    )
    assert found(store, grade=Grade.CORROBORATED) == [2, 1]


def test_the_torrent_as_a_whole_can_be_corroborated_too(store: EmbeddedStore) -> None:
    put(store, sighting(1, file_index=None), sighting(2, file_index=None, seen_at=AT + DAY))
    assert found(store, grade=Grade.CORROBORATED) == [2, 1]


def test_twice_under_one_durable_user_id_is_corroborated_at_any_address(
    store: EmbeddedStore,
) -> None:
    install = UserId("user_hash", b"h" * 16, durable=True)
    put(
        store,
        sighting(1, user_ids=(install, UserId("peer_id", b"p", durable=False))),
        sighting(2, user_ids=(install,), remote=OTHER_PEER),
        sighting(3, user_ids=(install,), identifier=OTHER_FILE),
        sighting(4, user_ids=(UserId("guid", b"h" * 16, durable=True),)),
    )
    assert graded(store) == {1: "corroborated", 2: "corroborated", 3: "stated", 4: "stated"}


def test_an_id_that_spoke_from_two_countries_corroborates_nothing(store: EmbeddedStore) -> None:
    copied, kept = (UserId("user_hash", letter * 16, durable=True) for letter in (b"c", b"k"))
    put(
        store,
        sighting(1, user_ids=(copied,)),
        sighting(2, user_ids=(copied,), remote=OTHER_PEER),
        sighting(3, user_ids=(kept,), file_index=9),
        sighting(4, user_ids=(kept,), file_index=9, remote=OTHER_PEER),
        country="AR",
    )
    assert set(graded(store).values()) == {"corroborated"}
    hearsay = sighting(5, user_ids=(kept,), grade=Grade.HEARD, identifier=OTHER_FILE)
    put(store, hearsay, country="BR")
    put(store, sighting(6, user_ids=(kept,), identifier=OTHER_FILE))  # unplaced: no country
    assert found(store, grade=Grade.CORROBORATED) == [4, 3, 2, 1]
    put(
        store,
        sighting(7, user_ids=(copied,), grade=Grade.REACHED, identifier=OTHER_FILE),
        country="BR",
    )
    assert [number for number, grade in graded(store).items() if grade == "corroborated"] == [4, 3]


def test_an_id_from_two_countries_takes_nothing_from_two_days_at_one_address(
    store: EmbeddedStore,
) -> None:
    copied = UserId("user_hash", b"c" * 16, durable=True)
    put(
        store,
        sighting(1, user_ids=(copied,)),
        sighting(2, user_ids=(copied,), seen_at=AT + DAY),
        country="AR",
    )
    put(store, sighting(3, user_ids=(copied,), remote=OTHER_PEER), country="BR")
    assert graded(store) == {1: "corroborated", 2: "corroborated", 3: "stated"}


def test_a_session_s_id_corroborates_nothing(store: EmbeddedStore) -> None:
    passing = (UserId("peer_id", b"-XX0000-abcdefghijkl", durable=False),)
    put(
        store,
        sighting(1, user_ids=passing),
        sighting(2, user_ids=passing, remote=OTHER_PEER),
    )
    assert set(graded(store).values()) == {"stated"}


def test_one_sighting_taken_twice_does_not_corroborate_itself(store: EmbeddedStore) -> None:
    install = UserId("user_hash", b"h" * 16, durable=True)
    put(store, sighting(1, user_ids=(install,)), sighting(1, user_ids=(install,)))
    assert set(graded(store).values()) == {"stated"}


def test_the_derived_grade_looks_beyond_the_filter(store: EmbeddedStore) -> None:
    install = UserId("user_hash", b"h" * 16, durable=True)
    put(store, sighting(1), sighting(2, seen_at=AT + DAY))
    put(
        store,
        sighting(3, user_ids=(install,), file_index=9),
        sighting(4, user_ids=(install,), file_index=9, remote=OTHER_PEER),
    )
    assert found(store, grade=Grade.CORROBORATED, since=AT + DAY) == [2]
    assert found(store, grade=Grade.CORROBORATED, addresses=(PEER.packed,), identifier=BTIH) == [
        2,
        3,
        1,
    ]
    assert found(store, grade=Grade.CORROBORATED, addresses=(OTHER_PEER.packed,)) == [4]


@pytest.mark.parametrize("most", [0, 1, 2000])
def test_grades_are_the_same_whether_ids_are_named_or_all_are_looked_through(
    store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(queries, "MOST_IDS", most)
    one, two = (UserId("guid", letter * 16, durable=True) for letter in (b"1", b"2"))
    put(
        store,
        sighting(1, user_ids=(one, two)),
        sighting(2, user_ids=(two,), remote=OTHER_PEER),
        sighting(3, user_ids=(one,), file_index=9),
        sighting(4, user_ids=(one,), file_index=8),
    )
    assert graded(store) == {1: "corroborated", 2: "corroborated", 3: "stated", 4: "stated"}
    assert found(store, addresses=(PEER.packed,), grade=Grade.CORROBORATED) == [1]
    assert store.count(SightingFilter(grade=Grade.CORROBORATED))["sightings"][0].as_py() == 2


def test_sightings_are_counted_by_grade_client_and_day(store: EmbeddedStore) -> None:
    put(
        store,
        sighting(1),
        sighting(2, seen_at=AT + DAY),
        sighting(3, client=None, remote=OTHER_PEER, file_index=5),
    )
    wanted = SightingFilter()
    assert store.count(wanted).to_pylist() == [{"sightings": 3, "addresses": 2}]
    assert store.count_by(wanted, By.GRADE).to_pylist() == [
        {"grade": "corroborated", "sightings": 2, "addresses": 1},
        {"grade": "stated", "sightings": 1, "addresses": 1},
    ]
    assert store.count_by(wanted, By.CLIENT).to_pylist() == [
        {"client": "", "sightings": 1, "addresses": 1},
        {"client": "Example 1.0", "sightings": 2, "addresses": 1},
    ]
    day = (AT - datetime(1970, 1, 1, tzinfo=UTC)).days
    assert store.count_by(wanted, By.DAY).to_pylist() == [
        {"day": day, "sightings": 2, "addresses": 2},
        {"day": day + 1, "sightings": 1, "addresses": 1},
    ]


def test_an_empty_store_answers_too(store: EmbeddedStore) -> None:
    assert found(store) == []
    assert store.count(SightingFilter()).to_pylist() == [{"sightings": 0, "addresses": 0}]
    assert store.count_by(SightingFilter(), By.GRADE).num_rows == 0


def test_the_ledger_remembers_a_segment_across_openings(tmp_path: Path) -> None:
    taken = Taken(b"s" * 32, "x.parquet", 7, AT)
    with EmbeddedStore(tmp_path) as store:
        store.enter(taken)
    with EmbeddedStore(tmp_path) as store:
        assert store.taken(b"s" * 32) == taken
        assert store.taken(b"t" * 32) is None


def test_a_segment_s_sightings_can_be_counted_and_removed(store: EmbeddedStore) -> None:
    put(store, sighting(1), sighting(2))
    put(store, sighting(3), segment=b"t" * 32)
    assert store.sightings_of([b"s" * 32]) == {b"s" * 32: 2}
    store.remove([b"s" * 32])
    assert store.sightings_of([b"s" * 32]) == {}
    assert found(store) == [3]


def test_many_small_parts_are_merged_and_nothing_is_lost(store: EmbeddedStore) -> None:
    for number in range(26):
        put(store, sighting(number))
    store.tidy()
    assert store.count(SightingFilter())["sightings"][0].as_py() == 26
    parts = store.engine.ask(
        "SELECT count() AS n FROM system.parts WHERE active AND table = 'sightings'"
    )
    assert parts["n"][0].as_py() < 24


def test_a_store_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path) as store:
        do(store, f"INSERT INTO store_version (version) SELECT {VERSION + 1}")
    with pytest.raises(StoreError, match=f"has version {VERSION + 1}"):
        EmbeddedStore(tmp_path)


def test_a_store_whose_making_was_cut_short_is_made_anew(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path) as store:
        do(store, "TRUNCATE TABLE store_version")
        do(store, "DROP TABLE segments_taken")
    with EmbeddedStore(tmp_path) as store:
        assert store.taken(b"s" * 32) is None


def test_a_folder_that_cannot_be_a_store_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises((StoreError, FileExistsError, NotADirectoryError)):
        EmbeddedStore(tmp_path / "file")


def test_what_the_engine_refuses_is_told_in_one_line(store: EmbeddedStore) -> None:
    with pytest.raises(StoreError, match="Unknown table") as refused:
        store.engine.ask("SELECT 1 FROM nowhere")
    assert "\n" not in str(refused.value)


def test_a_store_on_a_full_disk_is_told_as_that_and_works_again_with_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", mib=32) as disk, EmbeddedStore(disk / "store") as store:
        put(store, sighting(1))
        filling = fill(disk)
        with pytest.raises(StoreFullError, match=r"disk of the store in .* is full"):
            put(store, sighting(2))
        assert found(store) == [1]
        filling.unlink()
        put(store, sighting(2))
        assert found(store) == [2, 1]


def test_a_store_of_the_first_version_is_brought_up_to_date_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = {1: migrations()[1]}
    with monkeypatch.context() as earlier:
        earlier.setattr("luzeiro.sightings.embedded.migrations", lambda: first)
        earlier.setattr("luzeiro.sightings.embedded.VERSION", 1)
        with EmbeddedStore(tmp_path) as store:
            sealed = to_table([sighting(1), sighting(2, remote=OTHER_PEER)])
            rows = for_store(sealed, verdict_columns(sealed, knows_all), b"s" * 32)
            store.insert(rows.select(store.engine.ask("DESCRIBE sightings")["name"].to_pylist()))
            store.enter(Taken(b"s" * 32, "s.parquet", 2, AT))
    for _ in range(2):
        with EmbeddedStore(tmp_path) as store:
            assert found(store) == [2, 1]
            assert store.taken(b"s" * 32) is not None
            (batch,) = store.rows(SightingFilter(addresses=(PEER.packed,)))
            assert batch["votes"].to_pylist() == [[]]
            assert (batch["country"].to_pylist(), batch["radius_km"].to_pylist()) == ([""], [None])
            version = store.engine.ask("SELECT max(version) AS v FROM store_version")
            assert version["v"][0].as_py() == VERSION


def test_words_that_lay_in_dictionaries_are_plain_after_the_step_and_the_same(
    tmp_path: Path,
) -> None:
    kinds = "SELECT type FROM system.columns WHERE table = 'sightings' AND type LIKE 'Low%'"
    with EmbeddedStore(tmp_path) as store:
        do(store, "ALTER TABLE sightings DROP PROJECTION by_file, DROP PROJECTION by_segment")
        for name, kind in {"grade": "String", "client": "Nullable(String)"}.items():
            do(store, f"ALTER TABLE sightings MODIFY COLUMN {name} LowCardinality({kind})")
        put(store, sighting(1), sighting(2, remote=OTHER_PEER))
        before = _rows(store.rows(SightingFilter()))
        assert len(store.engine.ask(kinds)) == 2
        do(store, "TRUNCATE TABLE store_version")
        do(store, "INSERT INTO store_version (version) SELECT 3")
    with EmbeddedStore(tmp_path) as store:
        assert len(store.engine.ask(kinds)) == 0
        assert _rows(store.rows(SightingFilter())) == before
        projections = store.engine.ask("SELECT name FROM system.projections ORDER BY name")
        assert projections["name"].to_pylist() == [b"by_file", b"by_segment"]


def test_what_is_no_folder_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("")
    for path in (tmp_path / "store", tmp_path / "store" / "below"):
        with pytest.raises(StoreError, match="is not a folder: move it away"):
            EmbeddedStore(path)


def test_a_step_that_a_crash_cut_short_is_begun_anew(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path) as store:
        put(store, sighting(1))
        do(store, "TRUNCATE TABLE store_version")
        do(store, "INSERT INTO store_version (version) SELECT 1")  # killed before the version
    with EmbeddedStore(tmp_path) as store:
        assert found(store) == [1]


@contextmanager
def at_work(store: EmbeddedStore, folder: Path) -> Iterator[list[int]]:
    """Have another ask the engine for what it reads from a pipe: so it is not done before the end.

    Gives what holds the other's answer then.
    """
    pipe, answers = folder / "pipe", []
    os.mkfifo(pipe)

    def other() -> None:
        asked = f"SELECT count() AS n FROM file('{pipe}', 'TSV', 'number UInt8')"
        answers.append(store.engine.ask(asked)["n"][0].as_py())

    thread = threading.Thread(target=other)
    thread.start()
    with pipe.open("w") as file:  # opens once the other reads
        yield answers
        file.write("1\n2\n")
    thread.join()


def test_a_question_is_answered_while_the_engine_is_at_work_for_another(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    put(store, sighting(1))
    with at_work(store, tmp_path) as answers:
        assert found(store) == [1]
        assert not answers
    assert answers == [2]


def test_a_second_session_has_what_the_engine_was_told_too(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    asked = (
        "SELECT name, value FROM system.server_settings"
        " WHERE name = 'index_uncompressed_cache_size' UNION ALL"
        " SELECT name, value FROM system.settings WHERE name = 'use_skip_indexes_on_data_read'"
    )

    def told() -> dict[bytes, bytes]:
        return {row["name"]: row["value"] for row in store.engine.ask(asked).to_pylist()}

    with at_work(store, tmp_path):
        second = told()
    assert second == told()
    assert second == {
        b"index_uncompressed_cache_size": b"1073741824",
        b"use_skip_indexes_on_data_read": b"0",
    }
