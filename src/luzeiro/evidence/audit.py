"""The whole log looked through: every entry, tile and signature, beside heads that were kept
outside.

Whoever owns the disk can rewrite all of it. What they cannot rewrite is a head that somebody else
kept: that is what makes a full re-hash show.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from luzeiro.evidence.log import Log, LogError
from luzeiro.evidence.signer import open_note
from luzeiro.evidence.tiles import WIDTH, TileReader, TilesError, pack_entries, tile_name
from luzeiro.evidence.verifier.merkle import leaf_hash, tree_root
from luzeiro.evidence.verifier.notes import (
    Checkpoint,
    NoteError,
    VerifierKey,
    parse_checkpoint,
    parse_key,
    parse_note,
)
from luzeiro.evidence.verifier.statements import (
    ENROLMENT,
    JOURNAL,
    SEGMENT,
    SegmentSeal,
    StatementError,
    read,
    read_seal,
)


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit found. `faults`: one line each, naming the file or entry; none: all holds."""

    size: int
    root: bytes
    segments: int
    sightings: int
    faults: tuple[str, ...]


def audit(log: Log, kept_outside: Sequence[bytes]) -> Audit:
    """Recompute a log from its entries, and compare everything with it.

    Args:
        log: the log.
        kept_outside: checkpoints of it that were kept elsewhere, as notes.

    Cost: reads every file once; 32 bytes of memory an entry.
    """
    faults: list[str] = []
    try:
        head = log.head()
    except LogError as error:
        return Audit(0, b"", 0, 0, (str(error),))
    outside = [one for one in (_outside(raw, log.key, faults) for raw in kept_outside) if one]
    hashes, entries = _entries(log.folder, head.size, faults)
    _check_tiles(log.folder, hashes, head.size, faults)
    root = tree_root(hashes)
    if len(hashes) == head.size and root != head.root:
        faults.append(f"checkpoint: its root is not that of the {head.size} entries")
    for one in outside:
        _compare(one, hashes, faults)
    seals = _check_statements(entries, log.key, faults)
    sightings = sum(seal.sightings for seal in seals)
    return Audit(head.size, root, len(seals), sightings, tuple(faults))


def _outside(raw: bytes, key: VerifierKey, faults: list[str]) -> Checkpoint | None:
    try:
        return parse_checkpoint(open_note(raw, key))
    except NoteError as error:
        faults.append(f"checkpoint kept outside: {error}")
        return None


def _compare(outside: Checkpoint, hashes: list[bytes], faults: list[str]) -> None:
    if outside.size > len(hashes):
        missing = outside.size - len(hashes)
        faults.append(
            f"cut off: a checkpoint kept outside covers {outside.size} entries, {missing} are gone"
        )
    elif tree_root(hashes[: outside.size]) != outside.root:
        faults.append(
            f"rewritten: the first {outside.size} entries are not those under the checkpoint that "
            "was kept outside"
        )


def _entries(
    folder: Path, size: int, faults: list[str]
) -> tuple[list[bytes], list[tuple[int, bytes]]]:
    hashes: list[bytes] = []
    entries: list[tuple[int, bytes]] = []
    reader = TileReader(folder, size)
    for number in range(-(-size // WIDTH)):
        width = min(WIDTH, size - number * WIDTH)
        try:
            bundle = reader.bundle(number)
            held = (folder / tile_name("entries", number, width)).read_bytes()
            if held != pack_entries(bundle):
                faults.append(f"{tile_name('entries', number, width)}: holds more than its entries")
        except FileNotFoundError:
            pass  # the full bundle stands for the partial one
        except TilesError as error:
            faults.append(str(error))
            break
        entries += [(number * WIDTH + place, one) for place, one in enumerate(bundle)]
        hashes += [leaf_hash(one) for one in bundle]
    return hashes, entries


def _check_tiles(folder: Path, hashes: list[bytes], size: int, faults: list[str]) -> None:
    if len(hashes) < size:
        return  # named already; nothing to compare tiles with
    level, row = 0, hashes
    while row:
        for number in range(-(-len(row) // WIDTH)):
            part = row[number * WIDTH : (number + 1) * WIDTH]
            name = tile_name(level, number, len(part))
            try:
                held = (folder / name).read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                faults.append(f"{name}: missing")
                continue
            for place in _differing(held, part):
                faults.append(f"{name}: the hash {place} is not that of the entries")
        whole = len(row) // WIDTH * WIDTH
        row = [tree_root(row[at : at + WIDTH]) for at in range(0, whole, WIDTH)]
        level += 1


def _differing(held: bytes, expected: list[bytes]) -> Iterator[int]:
    if held == b"".join(expected):
        return
    for place, one in enumerate(expected):
        if held[32 * place : 32 * place + 32] != one:
            yield place
    if len(held) != 32 * len(expected):
        yield len(expected)


def _check_statements(
    entries: list[tuple[int, bytes]], key: VerifierKey, faults: list[str]
) -> list[SegmentSeal]:
    """Who signed each entry, and whether each collector's chain goes one way."""
    collectors: dict[str, VerifierKey] = {}
    seals: dict[tuple[str, int], SegmentSeal] = {}
    for index, entry in entries:
        try:
            text = parse_note(entry).text
            if text.startswith(f"{ENROLMENT}\n"):
                held = read(ENROLMENT, open_note(entry, key))
                collectors[held["collector"]] = parse_key(held["key"])
            elif text.startswith(f"{SEGMENT}\n"):
                seal = _seal(entry, collectors)
                if (seal.collector, seal.sequence) in seals:
                    faults.append(f"entry {index}: a second segment {seal.sequence} of one chain")
                seals[seal.collector, seal.sequence] = seal
            elif text.startswith(f"{JOURNAL}\n"):
                read(JOURNAL, open_note(entry, key))
        except (NoteError, StatementError) as error:
            faults.append(f"entry {index}: {error}")
    for (collector, sequence), seal in sorted(seals.items()):
        before = seals.get((collector, sequence - 1))
        if before is not None and before.digest != seal.previous:
            faults.append(f"the chain of {collector} breaks between {sequence - 1} and {sequence}")
    return list(seals.values())


def _seal(entry: bytes, collectors: dict[str, VerifierKey]) -> SegmentSeal:
    seal = read_seal(parse_note(entry).text)
    key = collectors.get(seal.collector)
    if key is None:
        raise NoteError(f"a segment of {seal.collector}, which was not enrolled before")
    open_note(entry, key)
    return seal
