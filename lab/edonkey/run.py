"""One run: a fresh home, one sweep under capture, and what came of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab import capture
from lab.children import Children
from lab.collector import Luzeiro, Report
from lab.edonkey import said
from lab.edonkey.amule import TCP_PORT, UDP_PORT
from lab.edonkey.scene import OBSERVER, PREFIX, SERVER_AT, Holder, Scene, observer_address
from lab.namespaces.network import inside
from lab.truth import Row

_AT_MOST_S = 120.0


@dataclass(frozen=True, slots=True)
class Finding:
    """A holder, what was found of it, and how that differs from the truth."""

    holder: Holder
    row: Row | None
    wrong: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run found, and what we said meanwhile."""

    findings: tuple[Finding, ...]
    strangers: tuple[Row, ...]
    said: capture.Said

    @property
    def passed(self) -> bool:
        right = all(finding.wrong is None for finding in self.findings)
        return right and not self.strangers and not self.said.violations


def run(
    scene: Scene,
    children: Children,
    folder: Path,
    number: int,
    report: Callable[[Report], None],
) -> Outcome:
    """Collect for one sweep, and read the capture.

    Raises:
        ChildError: a command fails.
    """
    folder.mkdir()
    luzeiro = Luzeiro(folder / "home")
    luzeiro.init()
    luzeiro.add_link(scene.file.link)
    pcap = folder / "observer.pcap"
    enter = inside(OBSERVER, PREFIX)
    with capture.recording(enter, "eth0", pcap):
        luzeiro.collect(
            children,
            _options(scene, number),
            sweeps=1,
            within_s=_AT_MOST_S,
            enter=enter,
            report=report,
            network="edonkey",
        )
    keys = said.obfuscated_links(exchange for _, exchange in luzeiro.exchanges())
    node_ids = [holder.daemon.kad_id for holder in scene.holders]
    servers = {f"{SERVER_AT[0]}:{SERVER_AT[1]}"}
    told = said.read(pcap, {observer_address(number)}, keys, node_ids, servers)
    return judge(scene, luzeiro.sightings(), told)


def _options(scene: Scene, number: int) -> Sequence[str]:
    node, without = scene.holders[0].daemon, scene.without.daemon
    return (
        *("--kad", f"{node.address}:{UDP_PORT}", "--own", observer_address(number)),
        *("--server", f"{SERVER_AT[0]}:{SERVER_AT[1]}"),
        # Nobody says that it has the file: it is asked by name, to hear it say no.
        *("--peer", f"{without.address}:{TCP_PORT}", "--every", "3600"),
    )


def judge(scene: Scene, rows: Sequence[Row], told: capture.Said) -> Outcome:
    """Set the sightings beside the truth."""
    by_endpoint = {(row["remote_address"], row["remote_port"]): row for row in rows}
    findings = []
    for holder in scene.holders:
        row = by_endpoint.pop(holder.endpoint, None)
        findings.append(Finding(holder, row, _difference(scene, holder, row)))
    strangers = tuple(by_endpoint.values())
    return Outcome(tuple(findings), strangers, told)


def _difference(scene: Scene, holder: Holder, row: Row | None) -> str | None:
    if row is None:
        return "not seen"
    expected: dict[str, Any] = {"grade": "stated", "control": "refused"}  # Any: a row's values
    if holder.held is None:
        expected = {"grade": "reached", "completeness": None, "role": "holding none"}
    elif holder.firewalled:
        expected = {"grade": "heard", "completeness": None, "control": "not asked"}
    else:
        expected["completeness"] = scene.file.completeness(holder.held)
    for name, value in expected.items():
        if row[name] != value:
            return f"{name} is {row[name]}, not {value}"
    means = {one["means"] for one in row["told_by"]}
    if holder.publishes and means != ({"kad", "server"} if holder.offers else {"kad"}):
        return f"told of by {', '.join(sorted(means))}"
    hashes = [one["value"] for one in row["user_ids"] if one["kind"] == "user_hash"]
    if hashes != [holder.daemon.user_hash.hex()]:
        return f"user hashes {hashes}"
    return None
