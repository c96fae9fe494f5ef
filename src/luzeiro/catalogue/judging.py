"""Judges files by the hundred thousand: for an intake, which meets as many in every segment.

What is in force follows from the standing votes at each question, as everywhere (standing.py). But
here no object is made for a file or a vote: files with the same votes share one statement, of which
a catalogue has few.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from luzeiro.catalogue import bulk
from luzeiro.catalogue import setup as _setup  # noqa: F401 - before the models
from luzeiro.catalogue.judged import UNKNOWN, Judged, Said
from luzeiro.catalogue.known import TORRENT_KINDS
from luzeiro.catalogue.rule import RULE, Cast
from luzeiro.catalogue.standing import batches, standing_of

_Vote = tuple[str, bool, str, str, int]  # source, authority?, scheme, label, its revision
# Of what stands, the entry that speaks for the file.
_NAMED = """
SELECT i.digest, COALESCE(e.merged_into_id, e.id)
FROM catalogue_identifier i JOIN catalogue_entry e ON e.id = i.entry_id
WHERE i.withdrawn_by_id IS NULL AND i.kind = %s AND i.digest IN ({marks})
"""
_MAPPED = """
SELECT t.{kind}, f.file_index, COALESCE(e.merged_into_id, e.id)
FROM catalogue_torrent t JOIN catalogue_torrentfile f ON f.torrent_id = t.id
JOIN catalogue_entry e ON e.id = f.entry_id
WHERE f.withdrawn_by_id IS NULL AND t.{kind} IN ({marks})
"""
# An entry's own votes, and those of the entries for which it speaks.
_VOTES = """
SELECT v.entry_id, s.name, s.authority, v.scheme, v.label, v.revision_id
FROM catalogue_vote v JOIN catalogue_source s ON s.id = v.source_id
WHERE v.withdrawn_by_id IS NULL AND v.entry_id IN ({marks})
UNION ALL
SELECT e.merged_into_id, s.name, s.authority, v.scheme, v.label, v.revision_id
FROM catalogue_entry e JOIN catalogue_vote v ON v.entry_id = e.id
JOIN catalogue_source s ON s.id = v.source_id
WHERE v.withdrawn_by_id IS NULL AND e.merged_into_id IN ({marks})
"""


def judge_files(files: pa.Table) -> Judged:
    """Say what is known of files now.

    Args:
        files: each once, by identifier_kind (text), identifier (bytes) and file_index (a number, or
            null for a torrent as a whole and for what is no torrent).
    """
    entries = np.full(len(files), UNKNOWN, np.int64)
    kinds = np.asarray(files["identifier_kind"].to_pylist(), dtype=object)
    in_torrent = files["file_index"].is_valid().to_numpy(zero_copy_only=False)
    digests = files["identifier"].to_pylist()
    for kind in sorted(set(kinds)):
        of_kind = kinds == kind
        _fill_named(entries, kind, digests, np.flatnonzero(of_kind & ~in_torrent))
        if kind in TORRENT_KINDS:
            rows = np.flatnonzero(of_kind & in_torrent)
            _fill_mapped(entries, kind, digests, files["file_index"].to_pylist(), rows)
    which, said = _said_of(entries)
    return Judged(entries, which, said)


def _fill_named(
    entries: NDArray[np.int64], kind: str, digests: Sequence[bytes], rows: NDArray[np.int64]
) -> None:
    row_of = {digests[row]: row for row in rows.tolist()}
    for some in batches(sorted(row_of)):  # neighbours in the index
        for digest, entry in bulk.select(_asking(_NAMED, some), [kind, *some]):
            entries[row_of[digest]] = entry


def _fill_mapped(
    entries: NDArray[np.int64],
    kind: str,
    digests: Sequence[bytes],
    places: Sequence[int],
    rows: NDArray[np.int64],
) -> None:
    row_of = {(digests[row], places[row]): row for row in rows.tolist()}
    for some in batches(sorted({digest for digest, _ in row_of})):
        for digest, place, entry in bulk.select(_asking(_MAPPED, some, kind=kind), some):
            if (row := row_of.get((digest, place))) is not None:
                entries[row] = entry


def _said_of(entries: NDArray[np.int64]) -> tuple[NDArray[np.int32], tuple[Said, ...]]:
    """Of each entry which statement is its own, and the statements."""
    roots, spread = np.unique(entries, return_inverse=True)
    number_of: dict[tuple[_Vote, ...], int] = {}
    unknown = int(np.searchsorted(roots, 0))  # at most one: it is below all of the entries
    which = [UNKNOWN] * unknown
    for some in batches(roots[unknown:].tolist()):
        votes = _votes_of(some)
        which += [number_of.setdefault(tuple(sorted(votes[root])), len(number_of)) for root in some]
    return np.array(which, np.int32)[spread], tuple(map(_said, number_of))


def _votes_of(roots: Sequence[int]) -> dict[int, list[_Vote]]:
    votes: dict[int, list[_Vote]] = defaultdict(list)
    for root, *vote in bulk.select(_asking(_VOTES, roots), [*roots, *roots]):
        votes[root].append(tuple(vote))
    return votes


def _said(votes: Sequence[_Vote]) -> Said:
    found = standing_of(
        (Cast(source, bool(authority), scheme, label), revision)
        for source, authority, scheme, label, revision in votes
    )
    category = str(cast) if (cast := found.in_force) else None
    return Said(category, RULE, found.revision, found.told)


def _asking(question: str, keys: Sequence[object], **names: str) -> str:
    return question.format(marks=", ".join(["%s"] * len(keys)), **names)
