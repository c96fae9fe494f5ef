"""A store as files that any later version, and either engine, can take back.

    manifest.json               version, and of each file its SHA-256 and its rows
    sightings-<partition>.parquet
    segments_taken.parquet      the ledger

Into a folder, or an S3-compatible store: s3://bucket/prefix, with ?endpoint_override=host:port and
&scheme=http where it is not Amazon's; credentials as the AWS tools take them. Segments are files
already: copy them as files.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs

from luzeiro.sightings import copying
from luzeiro.sightings.schema import VERSION
from luzeiro.sightings.sql_store import SqlStore
from luzeiro.sightings.store import StoreError, Taken

_MANIFEST = "manifest.json"
_LEDGER = "segments_taken.parquet"


class Shelf:
    """Where a backup is."""

    def __init__(self, where: str) -> None:
        """Open a folder or an S3 prefix.

        Raises:
            StoreError: it cannot be reached.
        """
        self.where = where
        try:
            if "://" in where:
                self._files, self._path = fs.FileSystem.from_uri(where)
            else:
                self._files, self._path = fs.LocalFileSystem(), where
        except (OSError, ValueError, pa.ArrowException) as error:
            raise StoreError(f"{where} cannot be opened ({error}).") from error

    def put(self, name: str, content: pa.Buffer | bytes) -> None:
        self._files.create_dir(self._path, recursive=True)
        with self._files.open_output_stream(f"{self._path}/{name}") as out:
            out.write(content)

    def get(self, name: str) -> pa.Buffer:
        with self._files.open_input_file(f"{self._path}/{name}") as file:
            return file.read_buffer()

    def has(self, name: str) -> bool:
        (told,) = self._files.get_file_info([f"{self._path}/{name}"])
        return bool(told.type == fs.FileType.File)


def back_up(
    store: SqlStore, shelf: Shelf, now: datetime, on_rows: Callable[[int], object] = lambda _: None
) -> int:
    """Write a backup; gives its sightings. The manifest is written last.

    Raises:
        StoreError: there is a backup there already, or it cannot be written.
    """
    try:
        if shelf.has(_MANIFEST):
            raise StoreError(f"{shelf.where} holds a backup already: name another place.")
        files, total = {}, 0
        for partition, (count, _) in copying.partitions(store).items():
            out = pa.BufferOutputStream()
            writer = None
            for block in copying.blocks(store, partition):
                writer = writer or pq.ParquetWriter(out, block.schema, compression="zstd")
                writer.write_table(block)
                on_rows(len(block))
            assert writer is not None
            writer.close()
            total += count
            name = f"sightings-{partition}.parquet"
            files[name] = _put(shelf, name, out.getvalue(), count)
        lines = store.taken_after(None)
        files[_LEDGER] = _put(shelf, _LEDGER, _ledger(lines), len(lines))
        told = {"version": VERSION, "made_at": now.isoformat(), "files": files}
        shelf.put(_MANIFEST, json.dumps(told, indent=1).encode())
    except (OSError, pa.ArrowException) as error:
        raise StoreError(f"{shelf.where} cannot be written ({error}).") from error
    return total


def restore(
    store: SqlStore, shelf: Shelf, on_rows: Callable[[int], object] = lambda _: None
) -> int:
    """Take a backup into an empty store; gives its sightings. Every file is checked first.

    Raises:
        StoreError: the store is not empty, or the backup is damaged, missing or of a later version.
    """
    if copying.partitions(store) or store.taken_after(None, limit=1):
        raise StoreError("A backup is restored into an empty store; this one holds sightings.")
    files = _manifest(shelf)
    for name, told in files.items():
        _checked(shelf, name, told["sha256"])
    total = 0
    for name, told in files.items():
        content = _checked(shelf, name, told["sha256"])
        table = pq.read_table(pa.BufferReader(content))
        if name == _LEDGER:
            ledger = table
            continue
        for begin in range(0, len(table), copying.BLOCK_ROWS):
            rows = table.slice(begin, copying.BLOCK_ROWS).combine_chunks()
            store.engine.insert("sightings", rows, token=f"restore-{told['sha256']}-{begin}")
            on_rows(len(rows))
        total += len(table)
    if lines := [Taken(**row) for row in ledger.to_pylist()]:
        store.enter(*lines)
    return total


def _manifest(shelf: Shelf) -> dict[str, dict[str, str]]:
    try:
        told = json.loads(shelf.get(_MANIFEST).to_pybytes())
        version, files = int(told["version"]), told["files"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{shelf.where} holds no backup ({error}).") from error
    if version > VERSION:
        raise StoreError(
            f"{shelf.where} is of version {version}; this Luzeiro knows up to {VERSION}."
        )
    if _LEDGER not in files:
        raise StoreError(f"{shelf.where} lacks its ledger.")
    return dict(files)


def _checked(shelf: Shelf, name: str, sha256: str) -> pa.Buffer:
    try:
        content = shelf.get(name)
    except OSError as error:
        raise StoreError(f"{shelf.where}/{name} cannot be read ({error}).") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise StoreError(f"{shelf.where}/{name} is damaged: its SHA-256 is another. Nothing done.")
    return content


def _put(shelf: Shelf, name: str, content: pa.Buffer, rows: int) -> dict[str, object]:
    shelf.put(name, content)
    return {"sha256": hashlib.sha256(content).hexdigest(), "rows": rows}


def _ledger(lines: list[Taken]) -> pa.Buffer:
    out = pa.BufferOutputStream()
    fields = [
        ("sha256", pa.binary(32)),
        ("name", pa.string()),
        ("sightings", pa.uint32()),
        ("taken_at", pa.timestamp("us", tz="UTC")),
    ]
    rows = [{name: getattr(line, name) for name, _ in fields} for line in lines]
    pq.write_table(pa.Table.from_pylist(rows, schema=pa.schema(fields)), out, compression="zstd")
    return out.getvalue()
