"""Fifty screens on one board while 200 targets move at random: what each saw, and how soon.

A real server, real sockets. Screens break their link at random and come again with the number of
the last event that they have; at the end each must have seen every event once, in order.
"""

import argparse
import http.client
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from luzeiro.casework.officers.models import Officer
    from luzeiro.casework.operations.models import Operation, Target

SCREENS, TARGETS, PER_SECOND = 50, 200, 20
LINK_S = (5.0, 25.0)  # how long a screen keeps its link before it breaks it
EVERY_S = 5.0  # between two readings of the server's memory


class Screen(threading.Thread):
    """One browser's EventSource: reads frames, breaks its link, comes again."""

    def __init__(self, port: int, path: str, cookie: str, seed: int, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self._port, self._path, self._cookie, self._stop_asked = port, path, cookie, stop
        self._random = Random(seed)
        self.seen: list[int] = []
        self.delays: list[float] = []
        self.counts_from = datetime.max.replace(tzinfo=UTC)  # the backlog is no delay
        self.links = 0

    def run(self) -> None:
        while not self._stop_asked.is_set():
            try:
                self._link()
            except OSError:
                time.sleep(0.2)

    def _link(self) -> None:
        self.links += 1
        headers = {"Cookie": self._cookie, "Accept": "text/event-stream"}
        if self.seen:
            headers["Last-Event-ID"] = str(self.seen[-1])
        link = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            link.request("GET", self._path, headers=headers)
            answer = link.getresponse()
            if answer.status != http.HTTPStatus.OK:
                raise OSError(f"status {answer.status}")
            until = time.monotonic() + self._random.uniform(*LINK_S)
            self._read(answer, until)
        finally:
            link.close()

    def _read(self, answer: http.client.HTTPResponse, until: float) -> None:
        number = None
        while time.monotonic() < until and not self._stop_asked.is_set():
            try:
                line = answer.readline().decode().strip()
            except TimeoutError:
                return
            if line.startswith("id: "):
                number = int(line[4:])
            elif line.startswith("data: ") and number is not None:
                at = line.split('"at": "')[1][:27]
                said = datetime.fromisoformat(at[:-1]).replace(tzinfo=UTC)
                self.seen.append(number)
                if said >= self.counts_from:
                    self.delays.append((datetime.now(UTC) - said).total_seconds())


def main() -> int:
    """Run, print what was seen, and fail where a screen missed or doubled an event."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0)
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            LUZEIRO_HOME=folder, LUZEIRO_PLAIN_HTTP="1",
            DJANGO_SETTINGS_MODULE="luzeiro.portal.settings",
        )  # fmt: skip
        return _run(Path(folder), seconds)


def _run(home: Path, seconds: float) -> int:
    import django  # noqa: PLC0415 - the environment says first where the home is

    (home / "portal.secret").write_text("only for this bench" * 4)
    django.setup()
    from bench.board_world import laid  # noqa: PLC0415 - models, after the set-up

    olga, found, targets, cookie = laid(TARGETS)
    port = _free_port()
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--host", "127.0.0.1",
        "--port", str(port), "--workers", "1", "--blocking-threads", "96",
        "luzeiro.portal.wsgi:application",
    ]  # fmt: skip
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    stop = threading.Event()
    path = f"/operations/{found.pk}/stream?after=0"
    screens = [Screen(port, path, cookie, seed, stop) for seed in range(SCREENS)]
    try:
        _wait_for(port)
        for screen in screens:
            screen.start()
        time.sleep(5)
        for screen in screens:
            screen.counts_from = datetime.now(UTC)
        memory = Memory(server.pid)
        moved = _move(olga, targets, seconds, memory)
        time.sleep(3)
    finally:
        stop.set()
        for screen in screens:
            screen.join(0.2)
        server.terminate()
        server.wait(10)
    return _told(found, screens, moved, memory)


class Memory:
    """What the server holds resident, read once every `EVERY_S` seconds."""

    def __init__(self, pid: int) -> None:
        self._pid, self._due = pid, time.monotonic()
        self.kib: list[int] = []

    def look(self) -> None:
        if time.monotonic() >= self._due:
            self._due += EVERY_S
            self.kib.append(_memory_kib(self._pid))

    def told(self) -> str:
        """The median of each fifth of the run: flat is when the later ones are the same."""
        size = max(1, len(self.kib) // 5)
        fifths = [self.kib[start : start + size] for start in range(0, size * 5, size)]
        return ", ".join(f"{statistics.median(one) / 1024:.1f}" for one in fifths if one)


def _move(olga: "Officer", targets: "list[Target]", seconds: float, memory: Memory) -> int:
    from luzeiro.casework.operations.services import authorise, move  # noqa: PLC0415
    from luzeiro.casework.operations.states import State  # noqa: PLC0415

    random, until, moved = Random(7), time.monotonic() + seconds, 0
    while time.monotonic() < until:
        target, now = random.choice(targets), datetime.now(UTC)
        if target.state == "proposed":
            authorise(
                target=target, order_number="1", by=olga, now=now,
                order_expires_on=date(now.year + 1, 1, 1),
            )  # fmt: skip
        else:
            move(target=target, to=State.PROPOSED, by=olga, now=now)
        target.refresh_from_db()
        moved += 1
        memory.look()
        time.sleep(1 / PER_SECOND)
    return moved


def _told(found: "Operation", screens: list[Screen], moved: int, memory: Memory) -> int:
    wanted = list(found.events.order_by("pk").values_list("pk", flat=True))
    missed = sum(len(set(wanted) - set(screen.seen)) for screen in screens)
    doubled = sum(len(screen.seen) - len(set(screen.seen)) for screen in screens)
    astray = sum(screen.seen != sorted(screen.seen) for screen in screens)
    delays = sorted(delay for screen in screens for delay in screen.delays)
    if not delays:
        print("no screen saw anything")
        return 1
    live = delays[: int(len(delays) * 0.99)]
    print(f"{SCREENS} screens, {TARGETS} targets, {moved} moves, {len(wanted)} events")
    print(f"links: {sum(screen.links for screen in screens)} (each screen broke its own at random)")
    print(f"missed: {missed}, doubled: {doubled}, screens out of order: {astray}")
    middle, at_95 = statistics.median(delays), delays[int(len(delays) * 0.95)]
    print(f"delay, median: {middle:.2f} s; 95 %: {at_95:.2f} s; 99 %: {live[-1]:.2f} s")
    print(f"server's memory, MiB, each fifth of the run: {memory.told()}")
    return 1 if missed or doubled or astray else 0


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    for _ in range(150):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("the server did not start")


def _memory_kib(pid: int) -> int:
    """Resident memory of a process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(_resident_kib(Path(f"/proc/{one}/status")) for one in [str(pid), *children])


def _resident_kib(status: Path) -> int:
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1])


if __name__ == "__main__":
    sys.exit(main())
