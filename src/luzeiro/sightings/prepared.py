"""Rows made ready for a cluster, kept until its ledger has them: so a repeat is the very same."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from luzeiro.evidence import durable
from luzeiro.sightings.store import Taken

_ENDING = ".prepared"
_KEY = b"luzeiro.taken"


def put(folder: Path, lines: Sequence[Taken], rows: pa.Table) -> Path:
    """Write the rows of some segments and their lines of the ledger; durable on return."""
    told = [
        [line.sha256.hex(), line.name, line.sightings, line.taken_at.isoformat()] for line in lines
    ]
    rows = rows.replace_schema_metadata({_KEY: json.dumps(told).encode()})
    out = pa.BufferOutputStream()
    with pa.ipc.new_file(out, rows.schema) as writer:
        writer.write_table(rows)
    path = folder / f"{lines[0].sha256.hex()}{_ENDING}"
    durable.put(path, out.getvalue())
    return path


def get(path: Path) -> tuple[list[Taken], pa.Table]:
    """Read them back."""
    with pa.OSFile(str(path)) as file:
        rows = pa.ipc.open_file(file).read_all()
    told = json.loads(rows.schema.metadata[_KEY])
    lines = [
        Taken(bytes.fromhex(sha256), name, count, datetime.fromisoformat(at))
        for sha256, name, count, at in told
    ]
    return lines, rows.replace_schema_metadata(None)


def waiting_in(folder: Path) -> list[Path]:
    """What was prepared and never finished."""
    return sorted(folder.glob(f"*{_ENDING}"))
