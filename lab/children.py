"""Child processes that never outlive the lab, and the lines of JSON spoken with them."""

import json
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any, Self

_GRACE_S = 3.0


class ChildError(Exception):
    """A child did not do what the lab needs of it."""


class Child:
    """One process with a group of its own. It is told to end by the end of its input."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start it; its error output goes to `log`.

        Raises:
            ChildError: there is no such program.
        """
        self.name, self._log = name, log
        self._pending = b""
        try:
            with log.open("ab") as stderr:
                self._process = subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=stderr,
                    env={**os.environ, **(environment or {})},
                    start_new_session=True,
                )
        except OSError as error:
            raise ChildError(f"{command[0]}: {error.strerror}. Is it installed?") from error

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def say(self, line: str) -> None:
        """Write one line to it."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line.encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise self._failed("ended") from error

    def hear(self, within_s: float) -> Any:  # Any: JSON
        """Read the next line that it prints, as JSON.

        Raises:
            ChildError: it ended, or said nothing in that time.
        """
        return json.loads(self.hear_line(within_s))

    def hear_line(self, within_s: float) -> bytes:
        """Read the next line that it prints.

        Raises:
            ChildError: it ended, or said nothing in that time.
        """
        assert self._process.stdout is not None
        ends_at = time.monotonic() + within_s
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._pending:
                if not selector.select(max(0.0, ends_at - time.monotonic())):
                    raise self._failed(f"said nothing for {within_s:.0f} s")
                read = os.read(self._process.stdout.fileno(), 65536)
                if not read:
                    raise self._failed("ended")
                self._pending += read
        line, _, self._pending = self._pending.partition(b"\n")
        return line

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to it and to those that it started."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    def wait(self, within_s: float) -> int | None:
        """Wait for its end; None if it does not end in that time."""
        try:
            return self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            return None

    def end(self) -> None:
        """Ask it to end, and make it if it does not."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        self.signal(signal.SIGTERM)
        if self.wait(_GRACE_S) is None:
            self.signal(signal.SIGKILL)
        self._process.wait()
        self.signal(signal.SIGKILL)  # what it may have left in its group

    def _failed(self, what: str) -> ChildError:
        last = self._log.read_text(errors="replace").strip().splitlines()[-5:]
        return ChildError("\n  ".join([f"{self.name} {what}.", *last]))


class Children:
    """All the children of one run; leaving the context ends them."""

    def __init__(self, logs: Path) -> None:
        self._logs, self._children = logs, list[Child]()

    def start(
        self, name: str, command: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> Child:
        """Start one more.

        Raises:
            ChildError: there is no such program.
        """
        child = Child(name, command, self._logs / f"{name}.log", environment)
        self._children.append(child)
        return child

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for child in self._children:
            child.signal(signal.SIGTERM)  # all at once, so that one's grace is everybody's
        for child in reversed(self._children):
            child.end()


def end_on_sigterm() -> None:
    """Turn SIGTERM into an exit that unwinds, as Ctrl-C does."""

    def leave(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(143)

    signal.signal(signal.SIGTERM, leave)
