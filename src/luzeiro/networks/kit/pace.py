"""When each remote node may be asked again: a budget per node, kept for many nodes cheaply."""


class NodePace:
    """Per node `rate_per_s` queries on average, `burst` at once (GCRA, ITU-T I.371 annex A).

    One number a node: when its next query would be on schedule. Nodes back on schedule are
    forgotten once more than `limit` are kept.
    """

    def __init__(self, rate_per_s: float, burst: int, limit: int = 50_000) -> None:
        self._interval_s = 1 / rate_per_s
        self._ahead_s = (burst - 1) / rate_per_s  # how far ahead of schedule a query may go
        self._on_schedule_at: dict[bytes, float] = {}
        self._limit = limit

    def book(self, address: bytes, now: float) -> float:
        """Book a query; give when it may be sent: `now`, or later."""
        scheduled = self._on_schedule_at.get(address, now)
        if scheduled < now:
            scheduled = now
        if len(self._on_schedule_at) >= self._limit:
            self._forget_idle(now)
        self._on_schedule_at[address] = scheduled + self._interval_s
        return max(now, scheduled - self._ahead_s)

    def _forget_idle(self, now: float) -> None:
        behind = {node: at for node, at in self._on_schedule_at.items() if at > now}
        self._on_schedule_at = behind
        # Where all are busy, wait for the number to double rather than look at each query.
        self._limit = max(self._limit, 2 * len(behind))
