"""One owner of the embedded store at a time: a lock that the kernel drops with its holder."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from luzeiro.sightings.store import StoreBusyError

_TRY_EVERY_S = 0.05


@contextmanager
def store_lock(path: Path, *, wait_s: float) -> Iterator[None]:
    """Hold the lock file `path`, waiting for another holder up to `wait_s` seconds.

    Raises:
        StoreBusyError: somebody else holds it still; names the holder's process.
    """
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _acquire(lock, path, wait_s)
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)  # for the message to those who wait
        try:
            yield
        finally:
            os.ftruncate(lock, 0)
    finally:
        os.close(lock)


def _acquire(lock: int, path: Path, wait_s: float) -> None:
    given_up_at = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= given_up_at:
                raise StoreBusyError(_busy(lock, path, wait_s)) from None
            time.sleep(_TRY_EVERY_S)
        else:
            return


def _busy(lock: int, path: Path, wait_s: float) -> str:
    holder = os.pread(lock, 20, 0).decode("ascii", "replace").strip()
    who = f"process {holder}" if holder.isdigit() else "another process"
    return (
        f"The store beside {path} is in use by {who}, and was not free within {wait_s:g} s. "
        "Try again in a moment; if it stays so, look at what that process does."
    )
