"""Whether a segment is what its collector signed: every byte of it, before it is let into the
log.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from luzeiro.evidence import encoding
from luzeiro.evidence.signer import open_note
from luzeiro.evidence.verifier.notes import NoteError, VerifierKey, parse_note
from luzeiro.evidence.verifier.statements import SegmentSeal, StatementError, read_seal
from luzeiro.hub.refusals import RefusedError, Why
from luzeiro.observations import segment
from luzeiro.observations.grade import Grade
from luzeiro.observations.segment import MAX_ROWS, DamagedSegmentError, SegmentName

MAX_BYTES = 512 * 2**20  # of a segment's file
MAX_UNPACKED_BYTES = 4 * 2**30
KeyOf = Callable[[str], VerifierKey | None]  # the enrolled key of a collector


@dataclass(frozen=True, slots=True)
class Examined:
    """A segment that holds what its collector signed."""

    name: SegmentName
    note: bytes  # as signed
    seal: SegmentSeal


def open_seal(note: bytes, key_of: KeyOf) -> SegmentSeal:
    """Check a segment's note against its collector's enrolled key.

    Raises:
        RefusedError: no note of ours, a collector that is not enrolled, or not its signature.
    """
    try:
        seal = read_seal(parse_note(note).text)
    except (NoteError, StatementError) as error:
        raise RefusedError(Why.DAMAGED, f"its note cannot be read: {error}") from error
    key = key_of(seal.collector)
    if key is None:
        raise RefusedError(
            Why.UNKNOWN_COLLECTOR,
            f"the collector {seal.collector} is not enrolled here: enrol it with a ticket",
        )
    try:
        open_note(note, key)
    except NoteError as error:
        raise RefusedError(Why.FORGED, f"{error}") from error
    return seal


def examine(name: SegmentName, sealed: bytes, key_of: KeyOf) -> Examined:
    """Check a segment whole.

    Cost: about 4 us a sighting beside reading it, and one SHA-256 over its raw exchanges.

    Raises:
        RefusedError: what is wrong with it.
    """
    try:
        note = segment.note_of(sealed)
        if note is None:
            raise RefusedError(Why.UNSIGNED, "it is not signed: its collector has no key")
        seal = open_seal(note, key_of)
        _check_size(sealed)
        table = segment.decode(name, sealed)
        _check_content(table, seal)
    except DamagedSegmentError as error:
        raise RefusedError(Why.DAMAGED, str(error)) from error
    return Examined(name, note, seal)


def _check_size(sealed: bytes) -> None:
    held = pq.read_metadata(pa.BufferReader(sealed))
    groups = [held.row_group(number) for number in range(held.num_row_groups)]
    unpacked = sum(group.total_byte_size for group in groups)
    if held.num_rows > MAX_ROWS or unpacked > MAX_UNPACKED_BYTES:
        raise DamagedSegmentError(f"it unpacks to {held.num_rows} rows, {unpacked} bytes: too much")


def _check_content(table: pa.Table, seal: SegmentSeal) -> None:
    if seal.encoding != encoding.VERSION:
        raise _misstated(f"the encoding {seal.encoding!r} is not known here")
    if len(table) != seal.sightings:
        raise _misstated(f"it holds {len(table)} sightings, and {seal.sightings} were signed")
    try:
        content = segment.content_of(table)
    except ValueError as error:
        raise _misstated(str(error)) from error
    if content.root != seal.root:
        raise _misstated("its sightings are not those whose root was signed")
    told = (segment.written(content.first_seen_at), segment.written(content.last_seen_at))
    if told != (seal.first_seen_at, seal.last_seen_at):
        raise _misstated("its instants are not those that were signed")
    _check_rows(table, seal)


def _check_rows(table: pa.Table, seal: SegmentSeal) -> None:
    collectors = pc.unique(table["collector"]).to_pylist()
    if [one.hex() for one in collectors] != [seal.collector.replace("-", "")]:
        raise _misstated("it holds sightings of another collector")
    if pc.count_distinct(table["sighting_id"]).as_py() != len(table):
        raise _misstated("it holds one sighting twice")
    if Grade.CORROBORATED.value in pc.unique(table["grade"]).to_pylist():
        raise _misstated("it claims that a sighting is corroborated, which no collector can know")
    sha256 = hashlib.sha256
    for exchanges, digests in zip(
        table["exchange"].chunks, table["raw_sha256"].chunks, strict=True
    ):
        for raw, named in zip(exchanges, digests, strict=True):
            if sha256(raw.as_buffer()).digest() != named.as_py():
                raise _misstated(f"a raw exchange is not the one that {named.as_py().hex()} names")


def _misstated(told: str) -> RefusedError:
    return RefusedError(Why.MISSTATED, told)
