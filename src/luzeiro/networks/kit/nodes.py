"""The nodes that answered us, remembered across lookups, so that the next one starts near."""

from collections import Counter
from collections.abc import Iterator
from operator import attrgetter

from luzeiro.networks.kit.subnets import is_local, subnet_of

BUCKET_BITS = 7
BUCKET_SIZE = 16  # so 2,048 nodes in all
FAILURES_BORNE = 2  # in a row; one more and the node is forgotten
PER_SUBNET = 4  # nodes of a /24, or a /64 of IPv6; local networks are exempt
QUESTIONABLE_AFTER_S = 900.0  # without an answer (BEP 5, "Routing Table")


class PoolNode:
    """A node that answered: its compact address, its id as a number, when it last answered."""

    __slots__ = ("address", "failures", "good_at", "node_id", "number")

    def __init__(self, address: bytes, node_id: bytes, good_at: float) -> None:
        self.address = address
        self.node_id = node_id
        self.number = int.from_bytes(node_id, "big")
        self.good_at = good_at
        self.failures = 0


class NodePool:
    """At most 2,048 nodes of one address family, in buckets by the first bits of their ids.

    Unlike the table of BEP 5 it is even: we have no place of our own among the ids, and look
    everywhere alike.
    """

    def __init__(self, id_bits: int = 160) -> None:
        """`id_bits`: 160 in the Mainline DHT, 128 in Kad."""
        self._shift = id_bits - BUCKET_BITS
        self._nodes: dict[bytes, PoolNode] = {}
        self._buckets: list[list[PoolNode]] = [[] for _ in range(1 << BUCKET_BITS)]
        self._subnets: Counter[bytes] = Counter()

    def __len__(self) -> int:
        return len(self._nodes)

    def __contains__(self, address: bytes) -> bool:
        return address in self._nodes

    def answered(self, address: bytes, node_id: bytes, now: float) -> None:
        """Remember that a node answered under this id."""
        node = self._nodes.get(address)
        if node is not None and node.node_id == node_id:
            node.good_at = now
            node.failures = 0
            return
        if node is not None:  # it goes by another id now: then it lives elsewhere
            self._forget(node)
        self._admit(PoolNode(address, node_id, now), now)

    def failed(self, address: bytes) -> None:
        """Remember that a node did not answer, or refused."""
        node = self._nodes.get(address)
        if node is not None:
            node.failures += 1
            if node.failures > FAILURES_BORNE:
                self._forget(node)

    def nearest(self, target: int, count: int) -> list[tuple[int, bytes]]:
        """Give the `count` nodes nearest to `target`, nearest first: XOR distance and address."""
        found: list[tuple[int, bytes]] = []
        # Buckets in the order of their distance: all of one are nearer than all of the next.
        for bucket in self._outwards_from(target):
            if bucket:
                found += sorted([(node.number ^ target, node.address) for node in bucket])
                if len(found) >= count:
                    break
        return found[:count]

    def addresses(self) -> list[bytes]:
        """Give all, the one that answered last first."""
        nodes = sorted(self._nodes.values(), key=attrgetter("good_at"), reverse=True)
        return [node.address for node in nodes]

    def _outwards_from(self, target: int) -> Iterator[list[PoolNode]]:
        own = target >> self._shift
        return (self._buckets[own ^ step] for step in range(1 << BUCKET_BITS))

    def _admit(self, node: PoolNode, now: float) -> None:
        local, subnet = is_local(node.address), subnet_of(node.address)
        if not local and self._subnets[subnet] >= PER_SUBNET:
            return
        bucket = self._bucket_of(node)
        if len(bucket) >= BUCKET_SIZE:
            stalest = min(bucket, key=attrgetter("good_at"))
            if now - stalest.good_at < QUESTIONABLE_AFTER_S:
                return  # old acquaintances stay: newcomers cannot flush them out
            self._forget(stalest)
        bucket.append(node)
        self._nodes[node.address] = node
        if not local:
            self._subnets[subnet] += 1

    def _forget(self, node: PoolNode) -> None:
        del self._nodes[node.address]
        self._bucket_of(node).remove(node)
        if not is_local(node.address):
            subnet = subnet_of(node.address)
            self._subnets[subnet] -= 1
            if not self._subnets[subnet]:
                del self._subnets[subnet]

    def _bucket_of(self, node: PoolNode) -> list[PoolNode]:
        return self._buckets[node.number >> self._shift]
