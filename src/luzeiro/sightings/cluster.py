"""The distributed engine: a ClickHouse cluster over HTTP, its rows sharded by address.

Rows go straight into each shard's replicated table, as one block a shard and partition, through any
replica that answers; ClickHouse knows a block that it has had and drops it. Questions go to the
Distributed table of any server. The ledger is on every server, whole.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from luzeiro.sightings import native
from luzeiro.sightings.arrays import whole
from luzeiro.sightings.cluster_config import ClusterConfig, Incomplete
from luzeiro.sightings.driver import http
from luzeiro.sightings.driver.http import RefusedError, UnreachableError
from luzeiro.sightings.filters import literal
from luzeiro.sightings.native import NativeError
from luzeiro.sightings.schema import (
    COLUMNS,
    TAKEN_COLUMNS,
    VERSION,
    VERSION_COLUMNS,
    Column,
    Profile,
    added,
    sightings_engine,
    table,
)
from luzeiro.sightings.store import StoreError

_LOCAL = "sightings_local"
# ALL_CONNECTION_TRIES_FAILED, NETWORK_ERROR, SOCKET_TIMEOUT: a server could not reach a shard.
_SHARD_DOWN = frozenset({279, 210, 209})
_COLUMN_IS_THERE = 44  # ILLEGAL_COLUMN
_COLUMNS: Mapping[str, tuple[Column, ...]] = {
    "sightings": COLUMNS,
    "segments_taken": TAKEN_COLUMNS,
    "store_version": VERSION_COLUMNS,
}
_EVERYWHERE = frozenset({"segments_taken", "store_version"})  # whole on each server
_POLL_S, _MUTATION_S = 0.1, 600.0


@contextmanager
def _told() -> Iterator[None]:
    """Turn the servers' errors into ours."""
    try:
        yield
    except RefusedError as error:
        raise StoreError(f"The cluster refuses: {error}") from error
    except UnreachableError as error:
        raise StoreError(
            f"A server of the cluster went away while it was asked ({error}). What was being done "
            "may be done or not; run the command again."
        ) from error


class ClusterEngine:
    """An `Engine` over the servers of a cluster."""

    repeats_are_dropped = True

    def __init__(self, config: ClusterConfig) -> None:
        """Lay the tables on every server that answers.

        Raises:
            StoreError: a shard has no server that answers, or a later version made the tables.
        """
        self.config = config
        self.missing: set[int] = set()  # shards that an answer did without (Incomplete.ALLOW)
        with _told():
            for number, replicas in enumerate(config.shards):
                if not [url for url in replicas if self._lay_tables(url)]:
                    self._without(number)
        self._check_version()

    def close(self) -> None:
        """Nothing is held open between questions."""

    @property
    def lacks(self) -> str:
        """The shards that answers had to do without, with their servers."""
        return " and ".join(
            f"shard {number + 1} ({', '.join(self.config.shards[number])}), which is down"
            for number in sorted(self.missing)
        )

    def ask(self, question: str) -> pa.Table:
        batches = list(self.stream(question))
        return pa.Table.from_batches(batches) if batches else pa.table({})

    def stream(self, question: str) -> Iterator[pa.RecordBatch]:
        for sure in (True, False):
            try:
                yield from self._answered(question, skip=not sure)
            except RefusedError as error:
                if error.code not in _SHARD_DOWN or not sure:
                    raise StoreError(f"The cluster refuses: {error}") from error
                if self.config.incomplete is Incomplete.REFUSE:
                    raise StoreError(
                        f"A shard of the cluster is down, so the answer would lack its sightings "
                        f"({error}). Bring one of its replicas up, or set incomplete = 'allow' in "
                        "cluster.toml to have answers without it, which say so."
                    ) from error
                self._find_missing()
            else:
                return

    def ask_server(self, url: str, question: str) -> list[pa.RecordBatch]:
        """What one server says, of itself.

        Raises:
            UnreachableError, RefusedError: it does not answer, or says no.
        """
        return list(self._blocks(url, question, {}))

    @_told()
    def insert(self, table: str, rows: pa.Table, *, token: str) -> None:
        columns = [(column.name, column.kind) for column in _COLUMNS[table]]
        names = ", ".join(f"`{name}`" for name, _ in columns)
        if table in _EVERYWHERE:
            statement = f"INSERT INTO {table} ({names}) FORMAT Native"
            self._insert(self._all_urls(), statement, native.encode(rows, columns), token)
            return
        shards = shard_of(rows["remote_address"], len(self.config.shards))
        for number, replicas in enumerate(self.config.shards):
            some = rows.filter(pa.array(shards == number))
            if len(some):
                statement = f"INSERT INTO {_LOCAL} ({names}) FORMAT Native"
                self._insert(replicas, statement, native.encode(some, columns), f"{token}-{number}")

    @_told()
    def delete(self, table: str, condition: str) -> None:
        if table in _EVERYWHERE:
            self._mutate(self._all_urls(), table, f"DELETE WHERE {condition}")
            return
        for replicas in self.config.shards:
            self._mutate(replicas, _LOCAL, f"DELETE WHERE {condition}")

    @_told()
    def drop_partition(self, table: str, partition: int) -> None:
        assert table == "sightings"
        for replicas in self.config.shards:
            self._do(replicas, f"ALTER TABLE {_LOCAL} DROP PARTITION {int(partition)}")

    @_told()
    def tidy(self) -> None:
        """Wait until every replica that answers has what the others have; merges are their own."""
        for url in self._all_urls():
            try:
                for table in (_LOCAL, *_EVERYWHERE):
                    self._post(url, f"SYSTEM SYNC REPLICA {self.config.database}.{table}")
            except UnreachableError:
                continue

    def _answered(self, question: str, *, skip: bool) -> Iterator[pa.RecordBatch]:
        settings = {"skip_unavailable_shards": "1"} if skip else {}
        if "FROM segments_taken" in question or "FROM store_version" in question:
            self._catch_up()
        for url in self._all_urls():
            try:
                yield from self._blocks(url, question, settings)
            except UnreachableError:
                continue
            return
        raise StoreError("No server of the cluster answers. Check cluster.toml and the servers.")

    def _blocks(
        self, url: str, question: str, settings: Mapping[str, str]
    ) -> Iterator[pa.RecordBatch]:
        try:
            with self._posted(url, f"{question} FORMAT Native".encode(), settings) as body:
                # Whole first, so that a server that dies on the way is simply asked no more.
                answer = BytesIO(body.read())
            found = list(native.decode(answer))
        except NativeError as error:
            raise UnreachableError(f"{url}: {error}") from error
        if len(found) > 1:  # the first block of some versions has no rows
            found = [batch for batch in found if len(batch)] or found[:1]
        yield from found

    def _insert(self, urls: tuple[str, ...], statement: str, block: bytes, token: str) -> None:
        settings = {"max_insert_block_size": "100000000"}
        if self.config.profile is Profile.MODERN:
            settings |= {"insert_deduplication_token": token} if token else {}
        tried = []
        for url in urls:
            try:
                with self._posted(url, block, {**settings, "query": statement}) as body:
                    body.read()
            except UnreachableError as error:
                tried.append(str(error))  # whether it was done or not: the next one knows
            else:
                return
        raise StoreError(f"No replica of a shard takes in sightings ({'; '.join(tried)}).")

    def _mutate(self, urls: tuple[str, ...], table: str, change: str) -> None:
        """Change a table on one replica, and wait until each that answers has done the same."""
        url = self._do(urls, "SELECT 1")
        of_table = f"FROM system.mutations WHERE database = '{self.config.database}'"
        of_table += f" AND table = '{table}'"
        newest = f"SELECT max(mutation_id) AS n {of_table}"
        before = self._told_by(url, newest)
        self._do((url,), f"ALTER TABLE {table} {change}")
        given_up_at = time.monotonic() + _MUTATION_S
        # A server lists a change some time after it has accepted it.
        while (number := self._told_by(url, newest)) == before:
            _wait_until(given_up_at, table)
        assert isinstance(number, bytes)
        done = f"SELECT count() AS n {of_table} AND mutation_id = {literal(number)} AND is_done"
        for replica in urls:
            while not self._is_done(replica, done):
                _wait_until(given_up_at, table)

    def _is_done(self, url: str, question: str) -> bool:
        """Whether a replica has done it; one that is down does it when it is back."""
        try:
            return bool(self._told_by(url, question))
        except UnreachableError:
            return True

    def _told_by(self, url: str, question: str) -> object:
        """The one value `n` that a server answers with."""
        (found,) = self._blocks(url, question, {})
        return found["n"][0].as_py()

    def _do(self, urls: tuple[str, ...], statement: str) -> str:
        """Run a statement on the first server that answers, and say which."""
        for url in urls:
            try:
                self._post(url, statement)
            except UnreachableError:
                continue
            return url
        raise StoreError(f"None of {', '.join(urls)} answers.")

    def _post(self, url: str, statement: str, settings: Mapping[str, str] | None = None) -> None:
        with self._posted(url, statement.encode(), settings or {}) as body:
            body.read()

    def _posted(self, url: str, body: bytes, settings: Mapping[str, str]):  # type: ignore[no-untyped-def] # noqa: ANN202 - of http.post
        config = self.config
        usual = {"database": config.database, "wait_end_of_query": "1"}
        if config.profile is Profile.MODERN:
            usual |= {"low_cardinality_allow_in_native_format": "0"}
        return http.post(
            url,
            {**usual, **settings},
            body,
            user=config.user,
            password=config.password,
            ca_file=config.ca_file,
            patience_s=config.patience_s,
        )

    def _lay_tables(self, url: str) -> bool:
        config = self.config
        try:
            self._post(
                url, f"CREATE DATABASE IF NOT EXISTS {config.database}", {"database": "default"}
            )
            for statement in cluster_tables(config):
                self._post(url, statement)
            self._add_columns(url)
        except UnreachableError:
            return False
        return True

    def _add_columns(self, url: str) -> None:
        """Give tables that an earlier version laid the columns that they lack."""
        for name, profile in ((_LOCAL, self.config.profile), ("sightings", Profile.PLAIN)):
            question = (
                "SELECT name FROM system.columns"
                f" WHERE database = currentDatabase() AND table = '{name}'"
            )
            held = {row["name"] for found in self.ask_server(url, question)
                    for row in found.to_pylist()}  # fmt: skip
            for column in COLUMNS:
                if column.name.encode() not in held:
                    self._add_column(url, added(name, column, profile))

    def _add_column(self, url: str, statement: str) -> None:
        try:
            self._post(url, statement)
        except RefusedError as error:
            if error.code != _COLUMN_IS_THERE:  # by way of another replica meanwhile
                raise

    def _check_version(self) -> None:
        found = self.ask("SELECT max(version) AS version FROM store_version")
        version = int(found["version"][0].as_py())
        if version > VERSION:
            raise StoreError(
                f"The cluster's store has version {version}; this Luzeiro knows up to {VERSION}. "
                "Run the Luzeiro that made it, or a later one."
            )
        if version < VERSION:
            rows = pa.table({"version": pa.array([VERSION], pa.uint32())})
            self.insert("store_version", rows, token=f"version-{VERSION}")

    def _catch_up(self) -> None:
        for url in self._all_urls():
            try:
                self._post(url, f"SYSTEM SYNC REPLICA {self.config.database}.segments_taken")
            except UnreachableError:
                continue
            return

    def _find_missing(self) -> None:
        for number, replicas in enumerate(self.config.shards):
            if not any(self._answers(url) for url in replicas):
                self.missing.add(number)

    def _answers(self, url: str) -> bool:
        try:
            self._post(url, "SELECT 1")
        except (UnreachableError, RefusedError):
            return False
        return True

    def _without(self, number: int) -> None:
        if self.config.incomplete is Incomplete.REFUSE:
            raise StoreError(
                f"Shard {number + 1} of the cluster is down: none of "
                f"{', '.join(self.config.shards[number])} answers. Bring one up, or set "
                "incomplete = 'allow' in cluster.toml to work without it."
            )
        self.missing.add(number)

    def _all_urls(self) -> tuple[str, ...]:
        """Every server, the first replicas of all shards first."""
        most = max(map(len, self.config.shards))
        return tuple(
            shard[place]
            for place in range(most)
            for shard in self.config.shards
            if place < len(shard)
        )


def _wait_until(given_up_at: float, table: str) -> None:
    if time.monotonic() > given_up_at:
        raise StoreError(f"{table}: a removal still runs after {_MUTATION_S:g} s.")
    time.sleep(_POLL_S)


def cluster_tables(config: ClusterConfig) -> tuple[str, ...]:
    """What each server must have; its configuration says which `{shard}` and `{replica}` it is."""
    path = f"/clickhouse/tables/{config.database}"
    local = f"ReplicatedMergeTree('{path}/{{shard}}/{_LOCAL}', '{{replica}}')"

    def everywhere(name: str) -> str:
        return f"ReplicatedMergeTree('{path}/all/{name}', '{{shard}}-{{replica}}')"

    distributed = (
        f"Distributed({config.name}, {config.database}, {_LOCAL}, sipHash64(remote_address))"
    )
    return (
        table(_LOCAL, COLUMNS, config.profile, sightings_engine(local)),
        table("sightings", COLUMNS, Profile.PLAIN, distributed),
        table(
            "segments_taken",
            TAKEN_COLUMNS,
            config.profile,
            f"{everywhere('segments_taken')} ORDER BY segment",
        ),
        table(
            "store_version",
            VERSION_COLUMNS,
            config.profile,
            f"{everywhere('store_version')} ORDER BY version",
        ),
    )


def shard_of(addresses: pa.ChunkedArray, shards: int) -> NDArray[np.int64]:
    """Which shard each address belongs to: a mix of its 128 bits, the same for ever."""
    packed = whole(addresses)
    raw = np.frombuffer(packed.buffers()[1], "<u8", 2 * len(packed), 16 * packed.offset)
    halves = raw.reshape(-1, 2)
    mixed = (halves[:, 0] * np.uint64(0x9E3779B97F4A7C15)) ^ halves[:, 1]
    mixed = (mixed ^ (mixed >> np.uint64(31))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers: NDArray[np.int64] = ((mixed >> np.uint64(33)) % np.uint64(shards)).astype(np.int64)
    return numbers
