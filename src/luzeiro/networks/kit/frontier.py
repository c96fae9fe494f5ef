"""Whom a lookup asks next, among the nodes of one address family, by XOR distance (Kademlia)."""

from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import islice

from luzeiro.networks.kit.subnets import is_askable, is_local, subnet_of

NODES_FOLLOWED = 16  # of one answer; BEP 5 says 8, some nodes give 16, aMule up to 11
UNKNOWN_DISTANCE = 1 << 160  # of a node whose id nobody told us: farther than any


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a lookup goes."""

    closest: int = 8  # k: it ends when this many of the nearest nodes have answered (BEP 5)
    at_once: int = 4  # alpha: queries in flight
    budget: int = 64  # queries in all, of both address families
    per_subnet: int = 2  # nodes asked in a /24, or a /64 of IPv6; local networks are exempt


class Frontier:
    """The nodes heard of, nearest first, and the rule by which they are asked.

    A node is asked once, and only while fewer than `closest` others as near have answered or are
    being asked. So who fails makes room for the next, and when nobody is left to ask the nearest
    nodes that speak have spoken.

    Grows by `NODES_FOLLOWED` nodes an answer at most.
    """

    __slots__ = ("_asked", "_known", "_reach", "_subnets", "_target", "_waiting")

    def __init__(self, target: int, reach: Reach) -> None:
        self._target = target
        self._reach = reach
        self._known: set[bytes] = set()
        self._waiting: list[tuple[int, bytes]] = []  # a heap: distance, compact address
        self._asked: list[int] = []  # distances of those who answered or may yet, ascending
        self._subnets: Counter[bytes] = Counter()

    def start_from(self, nodes: Iterable[tuple[int, bytes]]) -> None:
        """Take up nodes that are known already: distance (or UNKNOWN_DISTANCE) and address."""
        for node in nodes:
            if node[1] not in self._known:
                self._known.add(node[1])
                heappush(self._waiting, node)

    def next_to_ask(self) -> tuple[int, bytes] | None:
        """Give the nearest node that is due, and count it as being asked; None if none is."""
        waiting, asked = self._waiting, self._asked
        while waiting and bisect_right(asked, waiting[0][0]) < self._reach.closest:
            node = heappop(waiting)
            if self._subnet_allows(node[1]):
                insort(asked, node[0])
                return node
        return None

    def answered(self, distance: int, stated: int) -> None:
        """A node that was asked has answered; it is as near as the id that it states."""
        if distance != stated:
            self.failed(distance)
            insort(self._asked, stated)

    def failed(self, distance: int) -> None:
        """A node that was asked will not answer: the next one may be asked in its place."""
        del self._asked[bisect_left(self._asked, distance)]

    def learn(self, nodes: Iterable[tuple[bytes, bytes]], told_by: bytes) -> None:
        """Take up the nodes that the answer of `told_by` calls nearer: each an id and an address.

        An address of a local network is followed only where a local node gave it: strangers
        cannot make us knock inside our own house.
        """
        known, target = self._known, self._target
        for node_id, address in islice(nodes, NODES_FOLLOWED):
            if address in known or not is_askable(address):
                continue
            if is_local(address) and not is_local(told_by):
                continue
            known.add(address)
            heappush(self._waiting, (int.from_bytes(node_id, "big") ^ target, address))

    def _subnet_allows(self, address: bytes) -> bool:
        if is_local(address):
            return True
        subnet = subnet_of(address)
        self._subnets[subnet] += 1
        return self._subnets[subnet] <= self._reach.per_subnet
