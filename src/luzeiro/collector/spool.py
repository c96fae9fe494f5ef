"""Where sealed segments wait for the hub: durable before anybody is told that they are.

A segment is written beside its final name, synced, renamed, and the folder synced: after a crash
it is there whole or not at all. A reserve of disk space is kept for the batch in hand, so that a
disk that fills up loses nothing.
"""

import errno
import fcntl
import os
import threading
import weakref
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from luzeiro.observations import segment
from luzeiro.observations.record import Sighting

RESERVE_BYTES = 8 * 2**20
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_UNFINISHED = ".writing"


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

    def __init__(self, path: Path, *, reserve_bytes: int = RESERVE_BYTES) -> None:
        self.path = path
        self._reserve, self._reserve_bytes = path / "reserve", reserve_bytes
        self._opened: int | None = None  # the lock's file descriptor
        self._one_at_a_time = threading.Lock()
        path.mkdir(parents=True, exist_ok=True)

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
        for unfinished in self.path.glob(f"*{_UNFINISHED}"):
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
        name, sealed = segment.seal(sightings)
        final = self.path / str(name)
        with self._one_at_a_time:
            self.open()
            try:
                self._keep_reserve_if_it_fits()
                self._put(final, sealed)
            except OSError as error:
                if error.errno not in _FULL:
                    raise
                raise self._seal_from_reserve(final, sealed, len(sightings)) from error
        return final

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
        beside = final.with_name(final.name + _UNFINISHED)
        try:
            _write_durably(beside, sealed)
            beside.replace(final)
        except OSError:
            beside.unlink(missing_ok=True)
            raise
        _sync_folder(self.path)


def _write_durably(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
