"""Where sealed segments wait for the hub: durable before anybody is told that they are.

A segment is written beside its final name, synced, counted in the chain (chain.py), renamed, and
the folder synced: after a crash it is there whole or not at all. A reserve of disk space is kept
for the batch in hand, so that a disk that fills up loses nothing.
"""

import errno
import fcntl
import hashlib
import os
import threading
import weakref
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from luzeiro.collector.chain import Chain
from luzeiro.evidence.durable import UNFINISHED, lay_folder, move, sync_folder, write_synced
from luzeiro.observations import segment
from luzeiro.observations.record import Sighting
from luzeiro.observations.segment import SegmentName

RESERVE_BYTES = 8 * 2**20
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class SpoolFullError(Exception):
    """The disk is full. `sealed` is the batch's segment, or None where even that had no room."""

    def __init__(self, told: str, *, sealed: Path | None) -> None:
        super().__init__(told)
        self.sealed = sealed


class SpoolBusyError(Exception):
    """Another collector seals into this spool."""


class Spool:
    """The spool of one collector. Reading what waits takes nothing; sealing is for one process.

    Safe to use from several threads.
    """

    def __init__(
        self,
        path: Path,
        *,
        reserve_bytes: int = RESERVE_BYTES,
        chain: Chain | None = None,
        limit_bytes: int | None = None,
    ) -> None:
        """Make ready.

        Args:
            path: the folder.
            reserve_bytes: kept for the batch in hand.
            chain: signs segments; without one they are unsigned, and no hub admits them.
            limit_bytes: `full` tells when more than this waits; None: when the disk is full.
        """
        self.path, self._chain, self._limit_bytes = path, chain, limit_bytes
        self._reserve, self._reserve_bytes = path / "reserve", reserve_bytes
        self._opened: int | None = None  # the lock's file descriptor
        self._one_at_a_time = threading.Lock()
        lay_folder(path)

    def open(self) -> None:
        """Make ready to seal; `seal` does it by itself, but a start tells of a full disk sooner.

        Removes what a killed predecessor left unfinished.

        Raises:
            SpoolBusyError: another process has it open.
            SpoolFullError: there is no room for the reserve.
        """
        if self._opened is not None:
            return
        self._lock()
        self._finish_counted()
        for unfinished in self.path.glob(f"*{UNFINISHED}"):
            unfinished.unlink()
        try:
            self._keep_reserve()
        except OSError as error:
            self.close()
            if error.errno not in _FULL:
                raise
            raise SpoolFullError(
                f"{self.path} has no room for the {self._reserve_bytes} bytes that are kept in "
                "reserve. Make room on its disk, then start the collector.",
                sealed=None,
            ) from error

    def close(self) -> None:
        """Let another process seal. The reserve stays."""
        if self._opened is not None:
            self._closing()
            self._opened = None

    def waiting(self) -> list[Path]:
        """The sealed segments that no hub has taken in yet, oldest first."""
        return segment.waiting_in(self.path)

    def seal(self, sightings: Sequence[Sighting]) -> Path:
        """Seal a batch. When this returns, no crash or power cut can lose it.

        Raises:
            SpoolFullError: the disk is full; its `sealed` says whether the reserve saved the batch.
            SpoolBusyError: another process seals here.
            OSError: the disk fails otherwise.
        """
        with self._one_at_a_time:
            self.open()
            self._finish_counted()
            name, sealed = segment.seal(sightings, self._chain.attest if self._chain else None)
            final = self.path / str(name)
            try:
                self._keep_reserve_if_it_fits()
                self._put(final, sealed)
            except OSError as error:
                if error.errno not in _FULL:
                    raise
                raise self._seal_from_reserve(final, sealed, len(sightings)) from error
        return final

    def full(self) -> str | None:
        """Say why nothing more should be observed now, or None where there is room.

        There is, once the reserve could be laid again and less waits than the limit.
        """
        with self._one_at_a_time:
            try:
                self.open()
                if not self._reserve.exists():
                    self._keep_reserve()
            except SpoolFullError as error:
                return str(error)
            except OSError as error:
                if error.errno not in _FULL:
                    raise
                return f"the disk of {self.path} is full. Make room: observing then goes on."
        held = sum(path.stat().st_size for path in self.waiting() if path.exists())
        if self._limit_bytes is not None and held > self._limit_bytes:
            return (
                f"{held} bytes wait in {self.path}, more than the {self._limit_bytes} that it may "
                "hold. Observing goes on when the hub has taken some."
            )
        return None

    def _seal_from_reserve(self, final: Path, sealed: bytes, count: int) -> SpoolFullError:
        self._reserve.unlink(missing_ok=True)
        try:
            self._put(final, sealed)
        except OSError as error:
            if error.errno not in _FULL:
                raise
            return SpoolFullError(
                f"the disk of {self.path} is full: {count} sightings in hand could not be sealed, "
                f"which takes {len(sealed)} bytes. All earlier ones are safe. Make room, then "
                "start the collector again.",
                sealed=None,
            )
        return SpoolFullError(
            f"the disk of {self.path} is full. Nothing is lost: {count} sightings in hand are "
            f"sealed in {final.name}. Make room, then start the collector again.",
            sealed=final,
        )

    def _lock(self) -> None:
        lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(lock)
            raise SpoolBusyError(
                f"another collector seals into {self.path}. Stop it first, or give this one "
                "a home of its own (--home)."
            ) from error
        self._opened = lock
        self._closing = weakref.finalize(self, os.close, lock)

    def _keep_reserve(self) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC
        reserve = os.open(self._reserve, flags, 0o600)
        try:
            if self._reserve_bytes:
                os.posix_fallocate(reserve, 0, self._reserve_bytes)
        except OSError:
            self._reserve.unlink()  # half a reserve would only take the room of a batch
            raise
        finally:
            os.close(reserve)

    def _keep_reserve_if_it_fits(self) -> None:
        if not self._reserve.exists():
            with suppress(OSError):
                self._keep_reserve()

    def _put(self, final: Path, sealed: bytes) -> None:
        beside = final.with_name(final.name + UNFINISHED)
        try:
            write_synced(beside, sealed)
            if self._chain is not None:
                sync_folder(self.path)  # the chain must not count what a power cut can take
                self._chain.keep(final.name)
            beside.replace(final)
        except OSError:
            if self._chain is None or self._chain.head().file_name != final.name:
                beside.unlink(missing_ok=True)
            raise
        sync_folder(self.path)

    def _finish_counted(self) -> None:
        """Give the segment that the chain counts its name, if a crash came between."""
        if self._chain is None or not (name := self._chain.head().file_name):
            return
        beside = self.path / (name + UNFINISHED)
        if not beside.exists():
            return
        found = hashlib.sha256(beside.read_bytes()).digest()
        if found != SegmentName.parse(name).sha256:  # the disk lost what it said was synced
            move(beside, self.path / "damaged")
            return
        beside.replace(self.path / name)
        sync_folder(self.path)
