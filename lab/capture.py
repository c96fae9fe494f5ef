"""Reads captured traffic and says everything that we said; whatever may not be said is a violation.

Two readers look at each packet that left our addresses: tshark's dissectors, and one here that must
explain every byte. Encrypted links say nothing to either, so they are opened with the keys that the
recorded exchanges keep. A byte that nobody explains is a violation too.
"""

import subprocess
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from lab import spoken
from lab.children import ChildError
from luzeiro.observations.exchange import Transcript

FIELDS = (
    "frame.number",
    "frame.protocols",
    "ip.src",
    "ip.dst",
    "ipv6.src",
    "ipv6.dst",
    "udp.srcport",
    "udp.dstport",
    "udp.payload",
    "tcp.stream",
    "tcp.srcport",
    "tcp.dstport",
    "tcp.seq",
    "tcp.payload",
    "bittorrent.msg.type",
    "bt-dht.bencoded.string",
    "http.request.uri",
)
_MESSAGES = {"15", "20"}  # HAVE_NONE, extended: all that we send after the handshake
_TSHARK_WITHIN_S = 120
_STARTS_WITHIN_S = 10
# What the system's own kernel says by itself.
_KERNEL = ("arp", "icmp", "icmpv6", "igmp")

Link = tuple[str, str]  # own and remote endpoint, as text


@dataclass(frozen=True, slots=True)
class Said:
    """What went out, counted by kind, and what must not have."""

    counts: Mapping[str, int]
    violations: tuple[str, ...]

    def summary(self) -> str:
        counts = ", ".join(f"{count} {kind}" for kind, count in sorted(self.counts.items()))
        if self.violations:
            return "\n".join(["We said what we may not say:", *self.violations, f"({counts})"])
        return f"The capture holds all that we said, and no more than we may: {counts}."


@dataclass(slots=True)
class Stream:
    """What we sent over one TCP connection."""

    link: Link
    parts: dict[int, bytes] = field(default_factory=dict)  # by relative sequence number

    def sent(self) -> bytes | None:
        """All of it in order; None if the capture has a hole."""
        data = b""
        for at, part in sorted(self.parts.items()):
            position = at - 1  # relative numbers begin at 1 after the SYN
            if position > len(data):
                return None
            data = data[:position] + part if position + len(part) > len(data) else data
        return data


@contextmanager
def recording(enter: Sequence[str], interface: str, path: Path) -> Iterator[None]:
    """Capture a host's traffic meanwhile.

    Raises:
        ChildError: tcpdump does not start.
    """
    command = [*enter, "tcpdump", "-i", interface, "-U", "--immediate-mode", "-Z", "root"]
    command += ["-B", "65536"]  # KiB: on a busy machine packets wait, and none may be dropped
    with subprocess.Popen(
        [*command, "-w", str(path)], stderr=subprocess.PIPE, text=True
    ) as tcpdump:
        try:
            assert tcpdump.stderr is not None
            said = tcpdump.stderr.readline()
            if "listening on" not in said:
                raise ChildError(f"tcpdump: {said.strip()}")
            yield
        finally:
            tcpdump.terminate()  # it writes out what it has


def read(path: Path, ours: Collection[str], recorded: Mapping[Link, spoken.Recorded]) -> Said:
    """Say what left our addresses.

    Args:
        path: of a capture.
        ours: our addresses, IPv4 and IPv6.
        recorded: the encrypted links that the recorded exchanges tell of.

    Raises:
        ChildError: tshark cannot read the capture.
    """
    counts, violations = Counter[str](), list[str]()
    streams: dict[str, Stream] = {}
    for packet in packets(path):
        if (packet["ip.src"] or packet["ipv6.src"]) not in ours:
            continue
        violations += _dissected(packet)
        if packet["tcp.stream"]:
            keep(packet, streams)
        elif packet["udp.payload"]:
            _explain(
                packet, spoken.datagram(bytes.fromhex(packet["udp.payload"])), counts, violations
            )
        elif not any(name in packet["frame.protocols"].split(":") for name in _KERNEL):
            violations.append(f"frame {packet['frame.number']}: {packet['frame.protocols']}")
    for stream in streams.values():
        _explain_stream(stream, recorded, counts, violations)
    return Said(counts, tuple(violations))


def recorded_links(
    exchanges: Iterable[tuple[bytes, Iterable[Transcript]]],
) -> dict[Link, spoken.Recorded]:
    """Find the encrypted links in raw exchanges, each with the digest that was asked about."""
    links = {}
    for digest, exchange in exchanges:
        for transcript in exchange:
            if transcript.transport == "tcp+mse":
                link = spoken.Recorded.of(transcript, digest[:20])
                links[transcript.own, transcript.remote] = link
    return links


def packets(path: Path, fields: Sequence[str] = FIELDS) -> Iterator[dict[str, str]]:
    command = ["tshark", "-n", "-r", str(path), "-T", "fields", "-E", "occurrence=a"]
    for name in fields:
        command += ["-e", name]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_TSHARK_WITHIN_S, check=False
        )
    except OSError as error:
        raise ChildError(f"tshark: {error.strerror}. Install it.") from error
    if done.returncode:
        raise ChildError(f"tshark: {done.stderr.strip()}")
    for line in done.stdout.splitlines():
        yield dict(zip(fields, line.split("\t"), strict=True))


def _dissected(packet: Mapping[str, str]) -> Iterator[str]:
    """Say what tshark finds in a packet that we may not say."""
    frame = f"frame {packet['frame.number']}"
    for kind in filter(None, packet["bittorrent.msg.type"].split(",")):
        if str(int(kind, 0)) not in _MESSAGES:
            yield f"{frame}: peer message {kind}"
    if "announce_peer" in packet["bt-dht.bencoded.string"].split(","):
        yield f"{frame}: announce_peer"
    uri = packet["http.request.uri"]
    if uri and not uri.startswith("/scrape?"):
        yield f"{frame}: HTTP request for {uri}"


def keep(packet: Mapping[str, str], streams: dict[str, Stream]) -> None:
    if packet["tcp.stream"] not in streams:
        own = _endpoint(packet["ip.src"] or packet["ipv6.src"], packet["tcp.srcport"])
        remote = _endpoint(packet["ip.dst"] or packet["ipv6.dst"], packet["tcp.dstport"])
        streams[packet["tcp.stream"]] = Stream((own, remote))
    data = bytes.fromhex(packet["tcp.payload"])
    if data:
        streams[packet["tcp.stream"]].parts[int(packet["tcp.seq"])] = data


def _endpoint(host: str, port: str) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _explain(
    packet: Mapping[str, str],
    told: Iterable[spoken.Phrase],
    counts: Counter[str],
    violations: list[str],
) -> None:
    for phrase in told:
        counts[phrase.kind] += 1
        if not phrase.allowed:
            violations.append(f"frame {packet['frame.number']}: {phrase.kind}")


def _explain_stream(
    stream: Stream,
    recorded: Mapping[Link, spoken.Recorded],
    counts: Counter[str],
    violations: list[str],
) -> None:
    sent, where = stream.sent(), f"link {stream.link[0]} to {stream.link[1]}"
    if sent is None:
        violations.append(f"{where}: the capture has a hole")
        return
    told = spoken.stream(sent)
    if told is None:
        link = recorded.get(stream.link)
        if link is None or link.sent != sent:
            violations.append(f"{where}: {len(sent)} bytes that no record explains")
            return
        told = link.phrases()
    for phrase in told:
        counts[phrase.kind] += 1
        if not phrase.allowed:
            violations.append(f"{where}: {phrase.kind}")
