"""A Kad of many nodes in one process: seeded, no socket, no real time.

Written apart from the code under test: packets are packed here by hand, ids and all.
"""

import struct
import zlib
from dataclasses import dataclass, field
from heapq import heappop, heappush
from random import Random

from luzeiro.networks.edonkey.session.kad import KadClient, KadResult
from luzeiro.networks.edonkey.session.lookup import KadLookup
from luzeiro.networks.edonkey.wire.obfuscation import open_datagram

EPOCH_US = 1_767_225_600_000_000
ZONE = 1 << 24  # of the distance's first 32 bits
SYBIL_NET = b"\xcb\x00\x71"  # 203.0.113.0/24
FORGED_HOST = b"\xc6\x33\x64\x63"  # 198.51.100.99: nobody is there
SIZE = 3_000_000


@dataclass(frozen=True, slots=True)
class Habits:
    """What nodes do to us, each as a share; `sybils` is a number."""

    loss: float = 0.0  # of datagrams, each way
    liars: float = 0.0  # tell of nodes and sources that do not exist
    malformed: float = 0.0
    unasked: float = 0.0  # somebody else answers too, or the same node again
    obfuscated_only: float = 0.0
    sybils: int = 0  # near the first file, all in one /24


@dataclass(slots=True, eq=False)
class SimulatedNode:
    address: bytes  # compact
    node_id: int
    lies: bool = False
    sybil: bool = False
    known: list["SimulatedNode"] = field(default_factory=list)
    stored: dict[bytes, list[bytes]] = field(default_factory=dict)  # file -> packed sources


def words(number: int) -> bytes:
    return struct.pack("<4I", *struct.unpack(">4I", number.to_bytes(16, "big")))


def unwords(data: bytes) -> int:
    return int.from_bytes(struct.pack(">4I", *struct.unpack("<4I", data)), "big")


def address(number: int) -> bytes:
    """An address of its own /24 for each node: what is simulated is not one household."""
    return bytes((11, number >> 8 & 0xFF, number & 0xFF, 1)) + (4672).to_bytes(2, "big")


def packed_source(host: bytes, user_hash: bytes) -> bytes:
    """One source as a node stores it: open, TCP port 4662."""
    tags = b"\x09\x01\0\xff\x01" + b"\x03\x01\0\xfe" + host[::-1] + b"\x08\x01\0\xfd\x36\x12"
    return words(int.from_bytes(user_hash, "big")) + b"\x03" + tags


class SimulatedKad:
    """The nodes, what they store, and what happened to them."""

    def __init__(self, seed: int, nodes: int, files: int, habits: Habits) -> None:
        self.random = Random(seed)
        self.habits = habits
        self.files = [self.random.randbytes(16) for _ in range(files)]
        honest = [
            SimulatedNode(address(number), self.random.getrandbits(128)) for number in range(nodes)
        ]
        for node in honest:
            node.lies = self.random.random() < habits.liars
        sybils = [self._sybil(number) for number in range(habits.sybils)]
        self.nodes = {node.address: node for node in (*honest, *sybils)}
        by_id = sorted(honest, key=lambda node: node.node_id)
        for node in honest:
            near = sorted(honest, key=lambda other: other.node_id ^ node.node_id)[1:12]
            far = self.random.sample(by_id, min(40, len(by_id)))
            node.known = [*near, *far, *self.random.sample(sybils, min(2, len(sybils)))]
        for node in sybils:
            node.known = sybils
        self.honest = honest
        self.publishers = {file: self._publish(file, honest) for file in self.files}
        self.asked: list[tuple[float, bytes, int, bytes]] = []  # when, node, opcode, file
        self.deaf = {
            node.address for node in honest if self.random.random() < habits.obfuscated_only
        }

    def holders(self, file: bytes) -> set[bytes]:
        """The honest nodes that store the file's sources."""
        return {node.address for node in self.honest if file in node.stored and not node.lies}

    def entry_points(self, count: int) -> list[bytes]:
        return [node.address for node in self.random.sample(self.honest, count)]

    def run(self, client: KadClient, until_s: float = 600.0) -> dict[bytes, KadResult]:
        """Look up every file; the world ends at `until_s`."""
        lookups = [client.start(file, SIZE) for file in self.files]
        ended: list[KadLookup] = []
        mail: list[tuple[float, int, bytes, bytes]] = []  # when, order, data, source
        now, order = 0.0, 0
        while len(ended) < len(lookups) and now < until_s:
            for data, node in client.to_send(now, EPOCH_US + int(now * 1e6)):
                for delay, reply, source in self._answers(data, node, now):
                    order += 1
                    heappush(mail, (now + delay, order, reply, source))
            ended += client.ended()
            deadline = client.deadline(now)
            times = [deadline] if deadline is not None else []
            now = max(now, min([*times, *(letter[0] for letter in mail[:1])], default=until_s))
            while mail and mail[0][0] <= now:
                _, _, reply, source = heappop(mail)
                client.receive(reply, source, now, EPOCH_US + int(now * 1e6))
        ended += client.ended()
        return {lookup.digest: client.result(lookup) for lookup in ended}

    def _answers(self, data: bytes, at: bytes, now: float) -> list[tuple[float, bytes, bytes]]:
        node = self.nodes.get(at)
        if node is None or (data[:1] == b"\xe4" and node.address in self.deaf):
            return []
        if data[:1] != b"\xe4":  # as aMule does, every node reads obfuscated packets too
            data = open_datagram(data, words(node.node_id))
        file = unwords(data[2:18]).to_bytes(16, "big") if data[1] == 0x34 else b""
        if data[1] == 0x21:
            file = unwords(data[3:19]).to_bytes(16, "big")
        self.asked.append((now, at, data[1], file))
        if self._happens(self.habits.loss):
            return []
        letters = []
        for number, reply in enumerate(self._replies(node, data, file)):
            if self._happens(self.habits.loss):
                continue
            if self._happens(self.habits.malformed):
                reply = reply[: self.random.randrange(len(reply))]
            letters.append((0.05 + number / 100, reply, at))
            if self._happens(self.habits.unasked):
                stranger = address(0xFFFF)
                letters.append((0.01, self._forged(file), stranger))
                letters.append((0.3, reply, at))  # the same answer again
        return letters

    def _replies(self, node: SimulatedNode, data: bytes, file: bytes) -> list[bytes]:
        target = int.from_bytes(file, "big")
        if data[1] == 0x01:
            known = self.random.sample(node.known, min(20, len(node.known)))
            head = words(node.node_id) + struct.pack("<HBH", 4662, 8, len(known))
            return [b"\xe4\x09" + head + b"".join(map(_contact, known))]
        if data[1] == 0x21:
            if unwords(data[19:35]) != node.node_id:
                return []  # "mistaken identity": it stays silent
            near = sorted(node.known, key=lambda other: other.node_id ^ target)[:11]
            if node.lies:
                near = [self._invented(target) for _ in range(11)]
            return [
                b"\xe4\x29" + words(target) + bytes([len(near)]) + b"".join(map(_contact, near))
            ]
        if node.lies or node.sybil:
            return [self._search_res(node, target, [packed_source(FORGED_HOST, b"\x66" * 16)])]
        stored = node.stored.get(file, [])
        pages = [stored[at : at + 50] for at in range(0, len(stored), 50)]
        return [self._search_res(node, target, page) for page in pages]

    def _search_res(self, node: SimulatedNode, target: int, page: list[bytes]) -> bytes:
        body = words(node.node_id) + words(target) + struct.pack("<H", len(page)) + b"".join(page)
        return b"\xe5\x3b" + zlib.compress(body) if len(body) > 200 else b"\xe4\x3b" + body

    def _forged(self, file: bytes) -> bytes:
        target = int.from_bytes(file, "big")
        source = packed_source(FORGED_HOST, b"\x66" * 16)
        return b"\xe4\x3b" + words(1) + words(target) + b"\x01\0" + source

    def _invented(self, target: int) -> SimulatedNode:
        number = self.random.randrange(0xE000, 0xF000)
        return SimulatedNode(address(number), target ^ self.random.getrandbits(90))

    def _publish(self, file: bytes, honest: list[SimulatedNode]) -> set[bytes]:
        """Publishers tell the ten nearest nodes, as far as these are in the zone."""
        target = int.from_bytes(file, "big")
        hosts = {bytes((192, 0, 2, self.random.randrange(1, 255))) for _ in range(3)}
        packed = [packed_source(host, host * 4) for host in sorted(hosts)]
        nearest = sorted(honest, key=lambda node: node.node_id ^ target)[:10]
        in_zone = [node for node in nearest if (node.node_id ^ target) >> 96 <= ZONE]
        for node in in_zone:
            node.stored[file] = packed
        if not any(not node.lies for node in in_zone):
            return set()  # nobody tells of them
        return {host + (4662).to_bytes(2, "big") for host in hosts}

    def _sybil(self, number: int) -> SimulatedNode:
        near = int.from_bytes(self.files[0], "big") ^ self.random.getrandbits(80)
        at = SYBIL_NET + bytes([number + 1]) + (4672).to_bytes(2, "big")
        return SimulatedNode(at, near, sybil=True)

    def _happens(self, share: float) -> bool:
        return self.random.random() < share


def _contact(node: SimulatedNode) -> bytes:
    host = int.from_bytes(node.address[:4], "big")
    port = int.from_bytes(node.address[4:], "big")
    return words(node.node_id) + struct.pack("<IHHB", host, port, 4662, 8)
