"""One run: a fresh home, one sweep under capture, and what came of it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lab import capture
from lab.children import ChildError, Children
from lab.collector import LUZEIRO, Luzeiro, Report
from lab.namespaces.network import inside
from lab.namespaces.scene import (
    NODES,
    NODES_V6,
    OBSERVER,
    OBSERVER_V4,
    OBSERVER_V6,
    TRACKER_AT,
    Scene,
)
from lab.truth import Judgement, judge

SWEEPS = 1
AT_MOST_S = 120.0
_SCRAPE_WITHIN_S = 30.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run found, and what we said meanwhile."""

    judgement: Judgement
    said: capture.Said

    @property
    def passed(self) -> bool:
        return self.judgement.is_the_truth and not self.said.violations


def run(
    scene: Scene, children: Children, folder: Path, report: Callable[[Report], None]
) -> Outcome:
    """Collect for one sweep, scrape the tracker, and read the capture.

    Raises:
        ChildError: a command fails.
    """
    folder.mkdir()
    luzeiro = Luzeiro(folder / "home")
    luzeiro.init()
    for torrent, files in scene.listed:
        luzeiro.add(torrent, files=[file.index for file in files])
    pcap = folder / "observer.pcap"
    with capture.recording(inside(OBSERVER), "eth0", pcap):
        luzeiro.collect(
            children,
            _options(),
            sweeps=SWEEPS,
            within_s=AT_MOST_S,
            enter=inside(OBSERVER),
            report=report,
        )
        _scrape(luzeiro, children, scene)
    rows = luzeiro.sightings()
    recorded = capture.recorded_links(luzeiro.exchanges())
    said = capture.read(pcap, {OBSERVER_V4, OBSERVER_V6}, recorded)
    return Outcome(judge(scene.parties, rows), said)


def _options() -> Sequence[str]:
    (v4, port), (v6, port_v6) = NODES[1], NODES_V6[1]
    return (
        *("--dht", f"{v4}:{port}", "--dht", f"[{v6}]:{port_v6}"),
        *("--own", OBSERVER_V4, "--own-v6", f"[{OBSERVER_V6}]:0"),
        *("--every", "3600"),
    )


def _scrape(luzeiro: Luzeiro, children: Children, scene: Scene) -> None:
    """Ask the tracker how many there are, by UDP and by HTTP.

    Raises:
        ChildError: it does not say, or knows of nobody.
    """
    host, port = TRACKER_AT
    song = scene.torrents["song"].btih
    assert song is not None
    for url in (f"udp://{host}:{port}", f"http://{host}:{port}/announce"):
        command = [*inside(OBSERVER), *LUZEIRO, "--home", str(luzeiro.home), "tracker", "scrape"]
        scrape = children.start("scrape", [*command, url, "--output", "json"])
        counts = {}
        for _ in range(4):  # four infohashes are listed: a hybrid has two
            counts_of = json.loads(scrape.hear_line(_SCRAPE_WITHIN_S))
            counts[counts_of["identifier"]] = counts_of["seeders"]
        if not counts.get(f"btih:{song.hex()}"):
            raise ChildError(f"the tracker at {url} knows of no seeder: {counts}")
