"""Every row of a store, in one order that is always the same: for moving it, and for backups."""

from collections.abc import Callable, Iterator

import pyarrow as pa

from luzeiro.sightings.schema import COLUMNS, ORDER, PARTITION
from luzeiro.sightings.sql_store import SqlStore
from luzeiro.sightings.store import StoreError

BLOCK_ROWS = 200_000
_NAMES = ", ".join(f"`{column.name}`" for column in COLUMNS)
_ORDER = f"{ORDER.strip('()')}, sighting_id, segment, position"


def partitions(store: SqlStore) -> dict[int, tuple[int, int]]:
    """Of each partition: how many rows, and a digest of which ones, whatever their order."""
    found = store.engine.ask(
        f"SELECT {PARTITION} AS part, count() AS n,"
        " groupBitXor(sipHash64(sighting_id, segment, position, remote_address, seen_at)) AS digest"
        " FROM sightings GROUP BY part ORDER BY part"
    )
    return {row["part"]: (row["n"], row["digest"]) for row in found.to_pylist()}


def blocks(store: SqlStore, partition: int) -> Iterator[pa.Table]:
    """The rows of a partition in blocks; the same rows give the same blocks."""
    question = (
        f"SELECT {_NAMES} FROM sightings WHERE {PARTITION} = {int(partition)} ORDER BY {_ORDER}"
    )
    held: list[pa.RecordBatch] = []
    count = 0
    for batch in store.engine.stream(question):
        begin = 0
        while len(batch) - begin >= BLOCK_ROWS - count:
            cut = BLOCK_ROWS - count
            yield _block([*held, batch.slice(begin, cut)])
            held, count, begin = [], 0, begin + cut
        if begin < len(batch):
            held.append(batch.slice(begin))
            count += len(batch) - begin
    if held:
        yield _block(held)


def move(
    source: SqlStore, target: SqlStore, on_rows: Callable[[int], object] = lambda _: None
) -> int:
    """Copy a store into another, and check that all is there; gives the rows copied or found.

    May be repeated: a partition that is whole is left, one that is not is done anew. The source
    stays as it is.

    Raises:
        StoreError: the target holds segments that the source has not, or differs in the end.
    """
    ours = {line.sha256: line for line in source.taken_after(None)}
    theirs = {line.sha256 for line in target.taken_after(None)}
    if strange := theirs - ours.keys():
        raise StoreError(
            f"The target holds {len(strange)} segments that are not in this store. A store is "
            "moved into an empty one."
        )
    wanted, there = partitions(source), partitions(target)
    for partition, told in wanted.items():
        if there.get(partition) != told:
            if partition in there:
                target.engine.drop_partition("sightings", partition)
            for number, block in enumerate(blocks(source, partition)):
                target.engine.insert("sightings", block, token=f"move-{partition}-{number}")
                on_rows(len(block))
        else:
            on_rows(told[0])
    target.tidy()
    if partitions(target) != wanted:
        raise StoreError("The target does not hold what this store holds. Run the move again.")
    if missing := [line for sha256, line in ours.items() if sha256 not in theirs]:
        target.enter(*missing)
    return sum(count for count, _ in wanted.values())


def _block(batches: list[pa.RecordBatch]) -> pa.Table:
    return pa.Table.from_batches(batches).combine_chunks()
