"""The hub's log: an append-only Merkle tree on disk, laid out as C2SP tlog-tiles.

The folder can be served by any static file server. The checkpoint is written last and synced, so
that whatever a crash leaves beyond it is no part of the log, and is written over.
"""

import base64
import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from luzeiro.evidence import durable
from luzeiro.evidence.signer import Signer, open_note, verify
from luzeiro.evidence.tiles import WIDTH, TileReader, TilesError, pack_entries, tile_name
from luzeiro.evidence.verifier.merkle import HASH_BYTES, check_consistency, leaf_hash, tree_root
from luzeiro.evidence.verifier.notes import (
    Checkpoint,
    Note,
    NoteError,
    VerifierKey,
    parse_checkpoint,
    parse_note,
    proof_text,
    signature_line,
    signed_by,
)

_Pack = Callable[[list[bytes]], bytes]


class LogError(Exception):
    """The log cannot be used: what is wrong with it, and what to do."""


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    """A checkpoint's text (C2SP tlog-checkpoint)."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


class Log:
    """One log in one folder. Appending takes a lock of the folder, so several processes may."""

    def __init__(self, folder: Path, key: VerifierKey) -> None:
        self.folder, self.key = folder, key

    def checkpoint(self) -> bytes | None:
        """The newest signed head with its cosignatures, as stored; None before the first."""
        try:
            return (self.folder / "checkpoint").read_bytes()
        except FileNotFoundError:
            return None

    def head(self) -> Checkpoint:
        """What the newest checkpoint says, its signature checked; an empty tree before the first.

        Raises:
            LogError: it is not signed with the log's key, or not of this log.
        """
        raw = self.checkpoint()
        if raw is None:
            return Checkpoint(self.key.name, 0, tree_root([]))
        try:
            head = parse_checkpoint(open_note(raw, self.key))
        except NoteError as error:
            raise LogError(f"{self.folder / 'checkpoint'}: {error}. Restore it.") from error
        if head.origin != self.key.name:
            raise LogError(f"{self.folder / 'checkpoint'} is of the log {head.origin}. Restore it.")
        return head

    def reader(self, size: int | None = None) -> TileReader:
        """Read the log as it is now, or as it was at `size`."""
        return TileReader(self.folder, self.head().size if size is None else size)

    def append(self, entries: Sequence[bytes], signer: Signer) -> int:
        """Add entries; when this returns they are durable, and a checkpoint over them signed.

        Returns:
            The index of the first.

        Raises:
            LogError: what is stored does not have the root that was signed.
            ValueError: an entry is too long.
        """
        with self._locked():
            head = self.head()
            if not entries:
                return head.size
            reader = TileReader(self.folder, head.size)
            self._check_unchanged(reader, head)
            durable.put_all(_written(self.folder, reader, list(entries)))
            size = head.size + len(entries)
            root = TileReader(self.folder, size).root()
            signed = signer.sign(checkpoint_text(self.key.name, size, root))
            durable.put(self.folder / "checkpoint", signed)
            _drop_partial(self.folder, head.size, size)
            return head.size

    def proof(self, index: int) -> bytes:
        """An inclusion proof with the newest checkpoint (C2SP tlog-proof).

        Raises:
            LogError: there is no such entry.
        """
        raw, head = self.checkpoint(), self.head()
        if raw is None or not 0 <= index < head.size:
            raise LogError(f"there is no entry {index}: the log has {head.size}")
        try:
            path = TileReader(self.folder, head.size).inclusion_path(index, head.size)
        except TilesError as error:
            raise LogError(f"{self.folder}: {error}") from error
        return proof_text(index, path, raw)

    def add_cosignatures(self, cosigned: bytes, witnesses: Sequence[VerifierKey]) -> list[str]:
        """Keep the signatures of known witnesses under the newest checkpoint.

        Args:
            cosigned: a note of the same text, with further signature lines.
            witnesses: whose signatures are kept; others are left out.

        Returns:
            The names of those that were added.

        Raises:
            NoteError: not a note, another text, or a signature of a known witness that is not good.
        """
        with self._locked():
            raw = self.checkpoint()
            ours, theirs = parse_note(raw or b""), parse_note(cosigned)
            if ours.text != theirs.text:
                raise NoteError("it is not the newest checkpoint of this log")
            added = list(_new_signatures(ours, theirs, witnesses))
            if added:
                lines = b"".join(line for _, line in added)
                durable.put(self.folder / "checkpoint", (raw or b"") + lines)
            return [name for name, _ in added]

    def check_continues(self, old: Checkpoint, path: Sequence[bytes]) -> None:
        """Check that this log goes on from an older checkpoint.

        Raises:
            ProofError: it does not.
        """
        head = self.head()
        check_consistency(old.size, old.root, head.size, head.root, path)

    def _check_unchanged(self, reader: TileReader, head: Checkpoint) -> None:
        # A log must sign no tree that its last one does not begin: so look before adding to it.
        try:
            found = reader.root()
        except TilesError as error:
            raise LogError(f"{self.folder}: {error}. Restore it from a backup.") from error
        if found != head.root:
            raise LogError(
                f"the tiles in {self.folder} do not have the root that was signed: they were "
                "changed. Run 'luzeiro evidence log audit', and restore them from a backup."
            )

    @contextmanager
    def _locked(self) -> Iterator[None]:
        durable.lay_folder(self.folder)
        lock = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


def _new_signatures(
    ours: Note, theirs: Note, witnesses: Sequence[VerifierKey]
) -> Iterator[tuple[str, bytes]]:
    for witness in witnesses:
        if signed_by(theirs, witness, verify) is None:
            continue
        for one in theirs.signatures:
            if (one.name, one.key_id) == (
                witness.name,
                witness.key_id,
            ) and one not in ours.signatures:
                yield one.name, signature_line(one.name, one.key_id, one.value).encode()


def _written(
    folder: Path, reader: TileReader, entries: list[bytes]
) -> Iterator[tuple[Path, bytes]]:
    """The files that change: bundles of entries, then tiles level by level."""
    size = reader.size
    held = reader.bundle(size // WIDTH) if size % WIDTH else []
    yield from _files(folder, "entries", size, [*held, *entries], pack_entries)
    level, fresh = 0, [leaf_hash(one) for one in entries]
    while fresh:
        here = size >> (8 * level)
        tile = reader.tile(level, here // WIDTH) if here % WIDTH else b""
        row = [tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES)] + fresh
        yield from _files(folder, level, here, row, b"".join)
        fresh = [tree_root(row[at : at + WIDTH]) for at in range(0, len(row) - WIDTH + 1, WIDTH)]
        level += 1


def _files(
    folder: Path, level: int | str, before: int, row: list[bytes], pack: _Pack
) -> Iterator[tuple[Path, bytes]]:
    for at in range(0, len(row), WIDTH):
        part = row[at : at + WIDTH]
        name = tile_name(level, (before + at) // WIDTH, len(part))
        yield folder / name, pack(part)


def _drop_partial(folder: Path, before: int, size: int) -> None:
    """Remove the partial tiles that full ones have replaced."""
    for level in ("entries", *range(8)):
        shift = 0 if level == "entries" else 8 * int(level)
        for number in range((before >> shift) // WIDTH, (size >> shift) // WIDTH):
            partial = folder / (tile_name(level, number) + ".p")
            for one in partial.glob("*") if partial.is_dir() else ():
                one.unlink()
            if partial.is_dir():
                partial.rmdir()
