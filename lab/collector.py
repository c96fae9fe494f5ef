"""Drives the `luzeiro` command as anybody would: as a subprocess, reading what it prints."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from lab.children import ChildError, Children
from lab.files import LabTorrent
from lab.truth import Row
from luzeiro.observations.exchange import Transcript, decode
from luzeiro.observations.segment import read

LUZEIRO = (sys.executable, "-m", "luzeiro.cli.app")

Address = tuple[str, int]
Report = dict[str, Any]  # Any: one line of `luzeiro collect --output json`

_SILENT_FOR_S = 30.0
_SEAL_WITHIN_S = 60.0
_COMMAND_WITHIN_S = 60.0


class Luzeiro:
    """One home, made by `init`, and the commands on it."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def init(self) -> None:
        self._run("init")

    def add(self, torrent: LabTorrent, *, files: Iterable[int] | None = None) -> None:
        """List a torrent: all of its files, or some by index."""
        which = ["--all-files"] if files is None else []
        for index in files or ():
            which += ["--file", str(index)]
        source = ["--source", "Lab", "--category", "baseline", "--authority"]
        self._run("catalogue", "add", str(torrent.path), *source, *which)

    def add_link(self, link: str) -> None:
        """List one file by its link."""
        source = ["--source", "Lab", "--category", "baseline", "--authority"]
        self._run("catalogue", "add", link, *source)

    def sightings(self) -> list[Row]:
        printed = self._run("sightings", "list", "--output", "json")
        return [json.loads(line) for line in printed.splitlines()]

    def exchanges(self) -> Iterator[tuple[bytes, tuple[Transcript, ...]]]:
        """Give the digest and the raw exchange of each sighting, out of the sealed segments."""
        for path in sorted((self.home / "segments").rglob("*.parquet")):
            for row in read(path).select(["identifier", "exchange"]).to_pylist():
                yield row["identifier"], decode(row["exchange"])

    def collect(
        self,
        children: Children,
        options: Sequence[str],
        *,
        sweeps: int,
        within_s: float,
        enter: Sequence[str] = (),
        report: Callable[[Report], None],
        network: str = "bittorrent",
    ) -> Report:
        """Run the collector until it has done so many sweeps, then end it with SIGTERM.

        Args:
            children: who ends it if we fail.
            options: of `luzeiro collect NETWORK`.
            sweeps: how many to wait for.
            within_s: when to end it at the latest, in seconds.
            enter: what to run it under: a network namespace.
            report: called with each report of progress.
            network: which one is observed.

        Raises:
            ChildError: it fails, or does not get that far.
        """
        command = [*enter, *LUZEIRO, "--home", str(self.home), "collect", network, *options]
        command += ["--for", str(within_s), "--output", "json"]
        collector = children.start("collector", command)
        ends_at = time.monotonic() + within_s
        while True:
            progress: Report = collector.hear(_SILENT_FOR_S)
            report(progress)
            if progress["event"] == "finished":
                raise ChildError(
                    f"the collector did not get through {sweeps} sweeps in {within_s:.0f} s"
                )
            if _swept(progress) >= sweeps:
                break
            if time.monotonic() > ends_at + _SILENT_FOR_S:
                raise ChildError("the collector does not end when its time is over")
        collector.signal(signal.SIGTERM)
        while progress["event"] != "finished":
            progress = collector.hear(_SEAL_WITHIN_S)
        report(progress)
        if (status := collector.wait(_SEAL_WITHIN_S)) != 0:
            raise ChildError(f"the collector ended with status {status}")
        return progress

    def _run(self, *arguments: str) -> str:
        command = [*LUZEIRO, "--home", str(self.home), *arguments]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=_COMMAND_WITHIN_S, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise ChildError(f"luzeiro {arguments[0]} takes too long") from error
        if done.returncode:
            said = (done.stderr or done.stdout).strip()
            raise ChildError(f"luzeiro {' '.join(arguments[:2])}: {said}")
        return done.stdout


def _swept(progress: Report) -> int:
    """How many sweeps are done."""
    this_one_too: bool = progress["targets_done"] >= progress["targets"]
    before: int = progress["sweep"] - 1
    return before + this_one_too
