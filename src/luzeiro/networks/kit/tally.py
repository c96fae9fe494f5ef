"""Counts of what happened on the wire, by kind, for progress lines and machines."""

from collections import Counter


class Tally:
    """How often each kind of thing happened. Kinds are short phrases: "dht queries"."""

    __slots__ = ("counts",)

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def count(self, kind: str, n: int = 1) -> None:
        self.counts[kind] += n
