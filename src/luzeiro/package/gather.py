"""What a package rests on: from the store's rows to segments, notes and proofs, each checked
again.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from luzeiro.evidence import encoding
from luzeiro.evidence.log import Log
from luzeiro.evidence.merkle import MerkleTree
from luzeiro.evidence.signer import open_note
from luzeiro.evidence.verifier.notes import proof_text
from luzeiro.evidence.verifier.statements import SegmentSeal, read_seal
from luzeiro.hub.ledger import Ledger
from luzeiro.observations import segment
from luzeiro.observations.segment import DamagedSegmentError, SegmentName
from luzeiro.package.rows import json_row

_CATALOGUE_SAID = ("entry_id", "category", "rule", "list_revision", "votes")
CHAIN_LIMIT = 20_000  # segments between a collector's first and last in one package


class GatherError(Exception):
    """The evidence for a package is not whole: what is missing or wrong, and what to do."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One sighting as its collector sealed it, what the hub added, and its place in its segment."""

    row: dict[str, Any]  # Any: one object of sightings.jsonl (verifier/sighting.py reads it)
    exchange: bytes
    segment: str  # digest of the seal, hexadecimal
    position: int
    path: tuple[bytes, ...]


@dataclass(slots=True)
class Gathered:
    """All that a package holds of the record itself."""

    exhibits: list[Exhibit] = field(default_factory=list)
    segments: dict[str, bytes] = field(default_factory=dict)  # notes, by digest
    enrolments: dict[str, bytes] = field(default_factory=dict)  # log entries, by collector
    proofs: dict[bytes, bytes] = field(default_factory=dict)  # by log entry
    chains: dict[str, list[str]] = field(default_factory=dict)  # seals' texts, by collector
    checkpoint: bytes = b""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a package's evidence lies."""

    log: Log
    ledger: Ledger
    path_of: Callable[[bytes], Path | None]  # a segment's file, by its SHA-256


def gather(rows: Iterable[Mapping[str, Any]], sources: Sources) -> Gathered:
    """Fetch the evidence for rows of the store (sightings/columns.py, RESULT).

    Raises:
        GatherError: a segment is missing, damaged or not in the log, or the store says otherwise.
    """
    by_segment: dict[bytes, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_segment.setdefault(row["segment"], []).append(row)
    gathered = Gathered(checkpoint=sources.log.checkpoint() or b"")
    seals: list[SegmentSeal] = []
    for sha256, wanted in by_segment.items():
        seals.append(_from_segment(sha256, wanted, sources, gathered))
    for collector in sorted({seal.collector for seal in seals}):
        _enrolment(collector, sources, gathered)
        _chain([seal for seal in seals if seal.collector == collector], sources, gathered)
    gathered.exhibits.sort(key=lambda one: (one.row["seen_at"], one.row["sighting_id"]))
    return gathered


def _from_segment(
    sha256: bytes, wanted: list[Mapping[str, Any]], sources: Sources, gathered: Gathered
) -> SegmentSeal:
    path = sources.path_of(sha256)
    if path is None:
        raise GatherError(f"the store does not say which segment has the SHA-256 {sha256.hex()}")
    try:
        sealed = path.read_bytes()
        table = segment.decode(SegmentName.parse(path.name), sealed)
        note = segment.note_of(sealed)
    except (OSError, DamagedSegmentError) as error:
        raise GatherError(
            f"the segment {path} cannot be read ({error}): restore it from a backup"
        ) from error
    if note is None:
        raise GatherError(f"the segment {path} is not signed: no package can rest on it")
    seal = read_seal(note.decode().rpartition("\n\n")[0] + "\n")
    digest, logged = seal.digest.hex(), sources.ledger.logged(seal.digest)
    enrolled = sources.ledger.enrolled(seal.collector)
    if logged is None or enrolled is None:
        raise GatherError(f"the segment {path} is not in the log of this hub")
    open_note(note, enrolled.key)
    tree = MerkleTree(encoding.row_hashes(table))
    if tree.root != seal.root:
        raise GatherError(f"the segment {path} does not hold what was signed: restore it")
    gathered.segments[digest] = note
    _prove(note, logged.log_index, sources, gathered)
    for row in wanted:
        gathered.exhibits.append(_exhibit(row, table, tree, digest, logged.log_index))
    return seal


def _exhibit(
    row: Mapping[str, Any], table: pa.Table, tree: MerkleTree, digest: str, log_index: int
) -> Exhibit:
    position = row["position"]
    (sealed,) = table.slice(position, 1).to_pylist()
    if sealed["sighting_id"] != row["sighting_id"]:
        raise GatherError(
            f"the store says that {row['sighting_id'].hex()} is at {position} of a segment, and it "
            "is not: rebuild the store from its segments"
        )
    hub = {
        **{name: row.get(name) for name in _CATALOGUE_SAID},
        "grade_now": row["grade"],
        "segment": digest,
        "position": position,
        "log_index": log_index,
    }
    path = tuple(tree.inclusion_path(position))
    return Exhibit(json_row(sealed, hub), sealed["exchange"], digest, position, path)


def _enrolment(collector: str, sources: Sources, gathered: Gathered) -> None:
    enrolled = sources.ledger.enrolled(collector)
    assert enrolled is not None  # each of its segments was checked
    entry = sources.log.reader().entry(enrolled.log_index)
    gathered.enrolments[collector] = entry
    _prove(entry, enrolled.log_index, sources, gathered)


def _chain(seals: list[SegmentSeal], sources: Sources, gathered: Gathered) -> None:
    """The collector's seals from the first that is used to the last: nothing between is missing."""
    first, last = (pick(seals, key=lambda one: one.sequence) for pick in (min, max))
    indices = sources.ledger.indices(first.collector, first.sequence, last.sequence)
    if len(indices) != last.sequence - first.sequence + 1 or len(indices) > CHAIN_LIMIT:
        return  # a hole, which the report then does not claim away; or too long to be of use
    reader = sources.log.reader()
    gathered.chains[first.collector] = [
        reader.entry(index).decode().rpartition("\n\n")[0] + "\n" for index in indices
    ]


def _prove(entry: bytes, index: int, sources: Sources, gathered: Gathered) -> None:
    head = sources.log.head()
    path = sources.log.reader(head.size).inclusion_path(index, head.size)
    gathered.proofs[entry] = proof_text(index, path, gathered.checkpoint)
