"""From sealed segments to a queryable store, merges done; then the questions; then two rivals.

    python -m bench.bench_ingest [--count 10e6] [--batch 20e6] [--every 1] [--rival 1e6] [--unasked]

Sightings are generated (bench/sightings.py: seeded, skewed, diurnal). Taken in are whole segments:
read and hashed, verdicts, places by a generated table, one insert a group, ledger, moves; then the
clock runs on until no merge is left. More than `--batch` are sealed and taken in batch by batch, so
that the disk need not hold all segments: no clock runs while they are sealed, and nothing is left
to merge then. The questions of bench_questions.py are asked during intake (but `--unasked`) and
after it, in the first batch, every `--every`th and the last; and in the end, of the store just
opened. The rivals take the same rows, as columns in memory, without segments, hashes, verdicts and
places: DuckDB (four indexes) and PostgreSQL (COPY, four indexes).
"""

import argparse
import os
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pc_csv

from bench.bench_questions import Asked
from bench.entries import catalogue_of
from bench.places_table import generated
from bench.sightings import World, write_segment
from luzeiro.places.loading import load_mmdb
from luzeiro.places.placing import Places
from luzeiro.sightings.columns import for_store, packed_addresses
from luzeiro.sightings.embedded import EmbeddedStore
from luzeiro.sightings.filters import SightingFilter
from luzeiro.sightings.intake import Intake
from luzeiro.sightings.ordering import in_order
from luzeiro.sightings.sql_store import SqlStore
from luzeiro.sightings.verdicts import KnownVerdicts

# What a rival gets: the columns that the questions need.
_RIVAL_COLUMNS = (
    "sighting_id", "remote_address", "remote_port", "seen_at", "identifier", "file_index",
    "grade", "completeness", "client", "country", "region", "city", "asn", "entry_id", "category",
    "raw_sha256", "segment", "position", "collector", "own_address", "started_at", "user_id",
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=float, default=10e6, help="sightings in all")
    parser.add_argument("--batch", type=float, default=20e6, help="of these, sealed at a time")
    parser.add_argument("--minutes", type=float, default=1e9, help="begin no batch after these")
    parser.add_argument("--rival", type=float, default=1e6, help="of these, what the rivals get")
    parser.add_argument("--folder", type=Path, help="where the files go while it runs")
    parser.add_argument("--keep", action="store_true", help="and leave them there")
    parser.add_argument("--ahead", type=Path, help="segments written there before, or to write")
    parser.add_argument("--write", action="store_true", help="only write the segments, --ahead")
    parser.add_argument("--every", type=int, default=1, help="of how many batches one is asked")
    parser.add_argument("--unasked", action="store_true", help="ask nothing during intake")
    arguments = parser.parse_args()
    world = World.of(int(arguments.count))
    if arguments.write:
        for number in range(-(-world.rows // world.segment_rows)):
            _sealed(world, number, arguments.ahead)
        return
    home = Path(tempfile.mkdtemp(dir=arguments.folder))
    try:
        measure(
            world,
            home,
            int(arguments.batch),
            arguments.ahead,
            minutes=arguments.minutes,
            every=arguments.every,
            unasked=arguments.unasked,
        )
        if arguments.rival:
            rivals(world, int(arguments.rival), home)
    finally:
        if arguments.keep:
            print(f"the store stays in {home / 'store'}")
        else:
            shutil.rmtree(home)


def measure(
    world: World,
    home: Path,
    batch: int,
    ahead: Path | None,
    *,
    minutes: float,
    every: int,
    unasked: bool,
) -> None:
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before; {world}")
    places, no_more_at = _places(home), time.monotonic() + 60 * minutes
    with EmbeddedStore(home / "store") as store:
        asked = Asked(store, world)
        intake = Intake(
            store,
            spool=home / "spool",
            segments=home / "segments",
            verdicts=catalogue_of(world.files),
            now=lambda: datetime.now(UTC),
            places=lambda table: _placed(places, table),
        )
        taken_s = merged_s = worked_s = 0.0
        for number, begin in enumerate(range(0, world.rows, batch), 1):
            end = min(begin + batch, world.rows)
            is_asked = number == 1 or number % every == 0 or end == world.rows
            sealed = _fill(world, begin, end, home / "spool", ahead)
            began, worked = time.perf_counter(), time.process_time()
            with asked.meanwhile() if is_asked and not unasked else nullcontext():
                intake.run()
            took_s = time.perf_counter() - began
            _merge(store)
            took_merged_s = time.perf_counter() - began
            taken_s, merged_s = taken_s + took_s, merged_s + took_merged_s
            worked_s += time.process_time() - worked
            counted = store.count(SightingFilter()).to_pylist()[0]
            assert counted["sightings"] == end
            shutil.rmtree(home / "segments")
            (home / "segments").mkdir()
            print(f"\n{end:,} sightings, {counted['addresses']:,} addresses, {_parts(store)}")
            rows = end - begin
            for what, spent_s, here_s in (
                ("taken in", taken_s, took_s),
                ("and merges done", merged_s, took_merged_s),
            ):
                print(f"{what:17}{end / spent_s:12,.0f} rows/s, of these {rows / here_s:12,.0f}")
            print(f"a processor's    {end / worked_s:12,.0f} rows/s, questions included")
            print(f"segments {sealed / rows:.0f} B/row; {_peak_gb():.1f} GB of memory", flush=True)
            if is_asked:
                asked.report()
            if time.monotonic() > no_more_at:
                break
    with EmbeddedStore(home / "store") as store:
        Asked(store, world).report()


def _fill(world: World, begin: int, end: int, spool: Path, ahead: Path | None) -> int:
    """Lay a batch of segments into the spool, and give their bytes."""
    spool.mkdir(exist_ok=True)
    size = 0
    for number in range(begin // world.segment_rows, -(-end // world.segment_rows)):
        path = _sealed(world, number, ahead or spool.parent)
        for one in path.iterdir():
            size += one.stat().st_size
            one.rename(spool / one.name)
    return size


def _sealed(world: World, number: int, folder: Path) -> Path:
    """The folder that holds segment `number`, and nothing else; written unless it is there."""
    path = folder / f"segment-{number}"
    if not path.exists():
        shutil.rmtree(unfinished := folder / "unfinished", ignore_errors=True)
        write_segment(world.segment(number), unfinished)
        unfinished.rename(path)
    return path


def _places(home: Path) -> Places:
    (home / "generated.mmdb").write_bytes(generated())
    load_mmdb(home / "generated.mmdb", home / "places", now=datetime.now(UTC),
              in_force_from=datetime(2026, 1, 1, tzinfo=UTC))  # fmt: skip
    return Places.open(home / "places")


def _placed(places: Places, table: pa.Table) -> pa.Table:
    return places.place(packed_addresses(table["remote_address"]), table["seen_at"].to_numpy())


def _merge(store: SqlStore) -> None:
    while store.engine.ask("SELECT count() AS n FROM system.merges")["n"][0].as_py():
        time.sleep(0.2)


def _parts(store: SqlStore) -> str:
    (held,) = store.engine.ask(
        "SELECT sum(bytes_on_disk) / sum(rows) AS each, count() AS parts FROM system.parts"
        " WHERE active AND table = 'sightings'"
    ).to_pylist()
    return f"{held['each']:.0f} B/row in {held['parts']} parts"


def _peak_gb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def rivals(world: World, count: int, home: Path) -> None:
    """The same rows into the store's own table, DuckDB and PostgreSQL."""
    rows = _rival_rows(world, count, home)
    whole = rows.select([name for name in rows.column_names if name != "user_id"])
    print(f"\n{len(rows):,} rows as columns, indexed; load {os.getloadavg()[0]:.1f}")
    with EmbeddedStore(home / "beside") as store:

        def insert_and_merge() -> None:
            store.insert(in_order([whole]))
            _merge(store)

        ours = _spent(insert_and_merge)
    flat = rows.select(list(_RIVAL_COLUMNS))
    duck = _spent(lambda: _duckdb(flat, home / "rival.duckdb"))
    postgres = _postgres(flat)
    for name, seconds in {"this store": ours, "DuckDB": duck, "PostgreSQL": postgres}.items():
        if seconds:
            print(f"{name:14}{len(rows) / seconds:12,.0f} rows/s   {ours / seconds:5.2f} of ours")


def _rival_rows(world: World, count: int, home: Path) -> pa.Table:
    places, known, tables = (
        Places.open(home / "places"),
        KnownVerdicts(catalogue_of(world.files)),
        [],
    )
    for number in range(-(-count // world.segment_rows)):
        sealed = world.segment(number)
        rows = for_store(sealed, known.columns(sealed), bytes(32), _placed(places, sealed))
        ids = [one[0] if one else b"" for one in rows["user_ids.value"].to_pylist()]
        tables.append(rows.append_column("user_id", pa.array(ids, pa.binary())))
    return pa.concat_tables(tables).slice(0, count).combine_chunks()


def _duckdb(rows: pa.Table, path: Path) -> None:
    import duckdb  # noqa: PLC0415 - of the bench group alone

    with duckdb.connect(str(path)) as link:
        link.execute("CREATE TABLE sightings AS SELECT * FROM rows LIMIT 0")
        for name, columns in _INDEXES.items():
            link.execute(f"CREATE INDEX {name} ON sightings ({columns})")
        link.execute("INSERT INTO sightings SELECT * FROM rows")
        link.execute("CHECKPOINT")
    assert len(rows)


_INDEXES = {
    "by_region": "country, region, seen_at",
    "by_address": "remote_address",
    "by_user_id": "user_id",
    "by_file": "identifier",
}


def _postgres(rows: pa.Table) -> float | None:
    """COPY from CSV into an indexed table of a server of our own; None where there is none."""
    binaries = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)
    if binaries is None:
        return None
    hexed = pa.table(
        [
            pa.array([f"\\x{one.hex()}" for one in rows[name].to_pylist()])
            if _is_bytes(rows[name].type)
            else rows[name]
            for name in rows.column_names
        ],
        names=rows.column_names,
    )
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    pc_csv.write_csv(hexed, folder / "rows.csv")
    shutil.chown(folder, "postgres")
    (folder / "rows.csv").chmod(0o644)
    kinds = {
        pa.int64(): "bigint",
        pa.uint32(): "bigint",
        pa.int32(): "integer",
        pa.uint16(): "integer",
        pa.float64(): "double precision",
        pa.string(): "text",
    }
    columns = ", ".join(
        f"{name} {kinds.get(rows[name].type, 'bytea')}" for name in rows.column_names
    )
    indexes = "; ".join(f"CREATE INDEX {n} ON sightings ({c})" for n, c in _INDEXES.items())

    def as_postgres(*command: str) -> None:
        whole = ["runuser", "-u", "postgres", "--", *command]
        quiet = subprocess.DEVNULL
        subprocess.run(whole, check=True, cwd=folder, stdout=quiet, stderr=quiet)

    as_postgres(str(binaries / "initdb"), "-D", str(folder / "data"), "-A", "trust")
    run = ("-k", str(folder), "-c", "listen_addresses=", "-c", "max_wal_size=4GB")
    start = ["-D", str(folder / "data"), "-w", "-l", str(folder / "log"), "-o", " ".join(run)]
    as_postgres(str(binaries / "pg_ctl"), *start, "start")
    psql = (str(binaries / "psql"), "-h", str(folder), "-d", "postgres", "-c")
    try:
        as_postgres(*psql, f"CREATE TABLE sightings ({columns}); {indexes}")
        copy = f"COPY sightings FROM '{folder / 'rows.csv'}' (FORMAT csv, HEADER)"
        return _spent(lambda: as_postgres(*psql, copy))
    finally:
        as_postgres(str(binaries / "pg_ctl"), "-D", str(folder / "data"), "-m", "fast", "stop")
        shutil.rmtree(folder)


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_fixed_size_binary(kind))


def _spent(deed: Callable[[], object]) -> float:
    began = time.perf_counter()
    deed()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
