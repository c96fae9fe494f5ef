"""The store on a real cluster beside the same store embedded: `make cluster-test`."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from bench.sightings import World, write_segment
from lab.cluster.servers import Cluster, running
from luzeiro.cli.home import Home
from luzeiro.cli.store import open_store
from luzeiro.observations.grade import Grade
from luzeiro.observations.identifiers import Identifier, IdentifierKind
from luzeiro.places.place import PLACE, unplaced
from luzeiro.sightings import cluster as cluster_module
from luzeiro.sightings import copying, questions
from luzeiro.sightings.cluster import ClusterEngine
from luzeiro.sightings.cluster_config import ClusterConfig, Incomplete
from luzeiro.sightings.embedded import EmbeddedStore
from luzeiro.sightings.filters import SightingFilter
from luzeiro.sightings.intake import Intake, alone
from luzeiro.sightings.opening import check_current, open_store_in
from luzeiro.sightings.questions import Question, Window
from luzeiro.sightings.rebuild import rebuild_cluster
from luzeiro.sightings.schema import COLUMNS
from luzeiro.sightings.sql_store import SqlStore
from luzeiro.sightings.store import By, StoreError
from tests.sightings.examples import knows_all

SEGMENT_ROWS = 3_000
WORLD = World(
    seed=5, users=400, files=120, rows=6 * SEGMENT_ROWS, days=40, segment_rows=SEGMENT_ROWS
)
_DATABASES = count(1)


def place(sealed: pa.Table) -> pa.Table:
    """Invented places: the address says which."""
    table = unplaced(len(sealed))
    addresses = [one.as_py() for one in sealed["remote_address"]]
    for name, values in {
        "country": [("AR", "BR", "CL")[one[13] % 3] for one in addresses],
        "region": [("AR", "BR", "CL")[one[13] % 3] + "-" + "ABC"[one[14] % 3] for one in addresses],
        "radius_km": [one[15] or None for one in addresses],
        "asn": [64_496 + one[15] % 9 for one in addresses],
        "flags": [["vpn"] if one[15] % 7 == 0 else [] for one in addresses],
    }.items():
        column = pa.array(values, PLACE.field(name).type)
        table = table.set_column(table.column_names.index(name), PLACE.field(name), column)
    return table


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running(tmp_path_factory.mktemp("cluster")) as servers:
        yield servers


@pytest.fixture
def fresh(cluster: Cluster) -> Iterator[ClusterConfig]:
    """A database that nobody used, with every server up again afterwards."""
    yield cluster.config(f"luzeiro{next(_DATABASES)}")
    for server in (server for shard in cluster.shards for server in shard):
        if server.process is None:
            server.start()


def spooled(folder: Path) -> Path:
    for table in WORLD.segments():
        write_segment(table, folder / "spool")
    return folder


def intake(store: SqlStore, home: Path) -> Intake:
    instants = count()
    return Intake(
        store,
        spool=home / "spool",
        segments=home / "segments",
        verdicts=knows_all,
        now=lambda: datetime(2026, 5, 1, tzinfo=UTC) + timedelta(seconds=next(instants)),
        places=place,
    )


def every_question() -> list[Question]:
    rows = WORLD.segment(0)
    stated = rows.filter(pc.equal(rows["grade"], "stated"))
    address = stated["remote_address"][0].as_py()
    digest = stated["identifier"][0].as_py()
    user_id = stated["user_ids"][0].as_py()[0]
    some = tuple(dict.fromkeys(stated["remote_address"].to_pylist()))[:50]
    late = Window(since=datetime(2026, 3, 10, tzinfo=UTC), until=datetime(2026, 3, 28, tzinfo=UTC))
    identifier = Identifier(IdentifierKind.BTIH, digest)
    return [
        questions.RegionRanking("AR"),
        questions.RegionRanking("BR", "BR-B", late, limit=20),
        questions.AddressInWindow(address),
        questions.AddressInWindow(address, late),
        questions.UserIdAcrossAddresses(user_id["kind"], user_id["value"]),
        questions.AppearancesOfUserIds(((user_id["kind"], user_id["value"]),)),
        questions.UserIdsOfAddress(address),
        questions.AddressesOfIdentifier(identifier),
        questions.AddressesOfIdentifier(identifier, 1, late),
        questions.AddressesPerCountryAndDay(),
        questions.CountsByHour(),
        questions.CountsByHour("CL", late),
        questions.SpellsOfActivity(some),
        questions.CoverageByCollector(late),
        questions.RestingOn((1 + digest[0], 7)),
        questions.RestingOn((1 + digest[0],), from_revision=4),
        questions.RestingOn(()),
        questions.SharersOfEntries(tuple(range(1, 257))),
        questions.NewInSegments(()),
    ]


def encoded(table: pa.Table) -> bytes:
    out = pa.BufferOutputStream()
    table = table.combine_chunks()
    with pa.ipc.new_stream(out, table.schema) as writer:
        writer.write_table(table)
    told: bytes = out.getvalue().to_pybytes()
    return told


def answers(store: SqlStore) -> dict[str, bytes]:
    """Every answer that there is, as bytes."""
    told = {repr(one): encoded(store.ask(one)) for one in every_question()}
    segments = tuple(line.sha256 for line in store.taken_after(None))
    told["new"] = encoded(store.ask(questions.NewInSegments(segments[1:3])))
    for wanted in (
        SightingFilter(grade=Grade.CORROBORATED),
        SightingFilter(country="AR", region="AR-A"),
        SightingFilter(),
    ):
        rows = pa.Table.from_batches(store.rows(wanted))
        told[f"rows {wanted}"] = encoded(rows)
        told[f"count {wanted}"] = encoded(store.count(wanted))
        told |= {f"by {by} {wanted}": encoded(store.count_by(wanted, by)) for by in By}
    told["ledger"] = repr(store.taken_after(None)).encode()
    return told


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    home = spooled(tmp_path_factory.mktemp("embedded"))
    with EmbeddedStore(home / "store") as store:
        assert intake(store, home).run().sightings == WORLD.rows
        return answers(store)


def differing(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    assert one.keys() == other.keys()
    return [name for name in one if one[name] != other[name]]


def test_a_cluster_answers_byte_for_byte_as_the_embedded_store(
    fresh: ClusterConfig, embedded: dict[str, bytes], tmp_path: Path
) -> None:
    home = spooled(tmp_path)
    with SqlStore(ClusterEngine(fresh)) as store:
        assert intake(store, home).run().sightings == WORLD.rows
        assert differing(answers(store), embedded) == []


def test_tables_of_an_earlier_version_are_given_the_columns_that_they_lack(
    fresh: ClusterConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = tuple(column for column in COLUMNS if column.name != "votes")
    with monkeypatch.context() as before:
        before.setattr(cluster_module, "COLUMNS", earlier)
        ClusterEngine(fresh).close()
    home = spooled(tmp_path)
    with SqlStore(ClusterEngine(fresh)) as store:
        intake(store, home).run()
        (first, *_) = store.rows(SightingFilter())
        assert first["votes"][0].as_py() == ["A says example:A since revision 3"]
    ClusterEngine(fresh).close()  # the second time there is nothing to add


def test_both_shards_and_both_replicas_hold_their_part(
    fresh: ClusterConfig, tmp_path: Path
) -> None:
    home = spooled(tmp_path)
    with SqlStore(ClusterEngine(fresh)) as store:
        intake(store, home).run()
        held = [[_local_count(store, url) for url in replicas] for replicas in fresh.shards]
    assert sum(replicas[0] for replicas in held) == WORLD.rows
    for one, other in held:
        assert one == other > WORLD.rows // 4


def test_a_repeated_block_is_suppressed(fresh: ClusterConfig, tmp_path: Path) -> None:
    """Killed after the insert and before the ledger, three times over."""
    home = spooled(tmp_path)
    with SqlStore(ClusterEngine(fresh)) as store:
        for _ in range(3):
            taking = intake(store, home)
            with pytest.MonkeyPatch.context() as patched:
                patched.setattr(store, "enter", _dies)
                with pytest.raises(KeyboardInterrupt):
                    taking.run()
        assert intake(store, home).run().damaged == ()
        assert store.count(SightingFilter())["sightings"][0].as_py() == WORLD.rows


def test_a_replica_killed_in_mid_ingest_loses_and_doubles_nothing(
    fresh: ClusterConfig, cluster: Cluster, embedded: dict[str, bytes], tmp_path: Path
) -> None:
    home = spooled(tmp_path)
    victim = cluster.shards[0][0]
    with SqlStore(ClusterEngine(fresh)) as store:
        insert, done = store.engine.insert, count(1)

        def insert_and_kill(table: str, rows: pa.Table, *, token: str) -> None:
            insert(table, rows, token=token)
            if next(done) == 2:
                victim.kill()

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(store.engine, "insert", insert_and_kill)
            patched.setattr("luzeiro.sightings.intake.GATHER_ROWS", SEGMENT_ROWS)
            assert intake(store, home).run().sightings == WORLD.rows
        assert victim.process is None
        victim.start()
        store.tidy()
        told = answers(store)
    ledger = {"ledger", "new"}  # one group a segment here: other instants
    assert [name for name in differing(told, embedded) if name not in ledger] == []


def test_a_shard_that_is_down_is_a_clear_error_or_a_partial_answer_that_says_so(
    fresh: ClusterConfig, cluster: Cluster, tmp_path: Path
) -> None:
    home = spooled(tmp_path)
    with SqlStore(ClusterEngine(fresh)) as store:
        intake(store, home).run()
        on_first = _local_count(store, fresh.shards[0][0])
        for server in cluster.shards[1]:
            server.kill()
        with pytest.raises(StoreError, match="shard of the cluster is down"):
            store.count(SightingFilter())
    with pytest.raises(StoreError, match="Shard 2 of the cluster is down"):
        ClusterEngine(fresh)
    allowing = cluster.config(fresh.database, incomplete=Incomplete.ALLOW)
    with SqlStore(ClusterEngine(allowing)) as store:
        assert store.count(SightingFilter())["sightings"][0].as_py() == on_first
        assert isinstance(store.engine, ClusterEngine)
        assert store.engine.missing == {1}


def test_sightings_are_removed_on_every_shard(fresh: ClusterConfig, tmp_path: Path) -> None:
    home = spooled(tmp_path)
    with SqlStore(ClusterEngine(fresh)) as store:
        intake(store, home).run()
        segment = store.taken_after(None)[0].sha256
        store.remove([segment])
        assert store.sightings_of([segment]) == {}
        assert store.count(SightingFilter())["sightings"][0].as_py() == WORLD.rows - SEGMENT_ROWS


def test_an_embedded_store_is_moved_and_then_answers_the_same(
    fresh: ClusterConfig, embedded: dict[str, bytes], tmp_path: Path
) -> None:
    home = spooled(tmp_path)
    with EmbeddedStore(home / "store") as source:
        intake(source, home).run()
        with SqlStore(ClusterEngine(fresh)) as target:
            partition, (expected, _) = max(copying.partitions(source).items())
            block = next(copying.blocks(source, partition))
            target.engine.insert("sightings", block.slice(0, expected // 3), token="cut short")
            for _ in range(2):  # again does no harm
                assert copying.move(source, target) == WORLD.rows
            assert differing(answers(target), embedded) == []


def test_a_cluster_s_store_is_rebuilt_beside_the_old_one_which_stays(
    fresh: ClusterConfig, embedded: dict[str, bytes], tmp_path: Path
) -> None:
    home = spooled(tmp_path)
    file = written(fresh, tmp_path)
    with open_store_in(home, wait_s=0) as old:
        intake(old, home).run()
        old.remove([old.taken_after(None)[0].sha256])  # it is damaged, say
        with alone(home / "spool"):
            report, was = rebuild_cluster(
                file, home / "segments", verdicts=knows_all, places=place,
                now=datetime(2026, 6, 1, tzinfo=UTC),
            )  # fmt: skip
        assert (report.sightings, was.database) == (WORLD.rows, fresh.database)
        assert old.count(SightingFilter())["sightings"][0].as_py() == WORLD.rows - SEGMENT_ROWS
        with pytest.raises(StoreError, match="rebuilt meanwhile"):
            check_current(home, old)
    with open_store_in(home, wait_s=0) as store:
        check_current(home, store)
        told = answers(store)
    ledger = {"ledger", "new"}  # a rebuild counts the segments' instants up: another order
    assert [name for name in differing(told, embedded) if name not in ledger] == []


def test_what_is_built_on_sightings_is_refused_where_answers_may_be_partial(
    fresh: ClusterConfig, cluster: Cluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(fresh, tmp_path, incomplete="allow")
    with open_store(Home(tmp_path)):
        pass
    for server in cluster.shards[1]:
        server.kill()
    with (
        pytest.raises(StoreError, match="Shard 2 of the cluster is down"),
        open_store(Home(tmp_path)),
    ):
        pytest.fail("it opened")
    with open_store(Home(tmp_path), partly=True) as store:
        store.count(SightingFilter())
    assert "PARTIAL. It lacks all sightings of shard 2" in capsys.readouterr().err


def written(config: ClusterConfig, home: Path, *, incomplete: str = "refuse") -> Path:
    """The same as the file of a home."""
    shards = "".join(f"[[shards]]\nreplicas = {list(urls)}\n" for urls in config.shards)
    file = home / "cluster.toml"
    file.write_text(
        f'[cluster]\nname = "{config.name}"\ndatabase = "{config.database}"\n'
        f'profile = "{config.profile}"\nincomplete = "{incomplete}"\n{shards}'
    )
    return file


def test_wrong_settings_are_told_in_one_line(fresh: ClusterConfig) -> None:
    with pytest.raises(StoreError, match="Shard 1 of the cluster is down"):
        ClusterEngine(ClusterConfig(shards=(("http://127.0.0.1:9",),), name="luzeiro"))
    with SqlStore(ClusterEngine(fresh)) as store, pytest.raises(StoreError, match="refuses") as no:
        store.engine.ask("SELECT nothing FROM nowhere")
    assert "\n" not in str(no.value)


def _dies(*_: object) -> None:
    raise KeyboardInterrupt


def _local_count(store: SqlStore, url: str) -> int:
    assert isinstance(store.engine, ClusterEngine)
    (found,) = store.engine.ask_server(url, "SELECT count() AS n FROM sightings_local")
    return int(found["n"][0].as_py())
