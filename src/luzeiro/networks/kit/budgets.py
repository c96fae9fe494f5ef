"""How fast we may ask: a token bucket per remote party and one for all."""

_WHOLE = 1 - 1e-9  # rounding must not make a token that is due wait for ever


class RateBudget:
    """A token bucket: `rate_per_s` on average, `burst` at once. Time comes in as an argument."""

    __slots__ = ("_at", "_tokens", "burst", "rate_per_s")

    def __init__(self, rate_per_s: float, burst: float) -> None:
        self.rate_per_s = rate_per_s
        self.burst = burst
        self._tokens = burst
        self._at: float | None = None

    def take(self, now: float) -> bool:
        """Take one token if there is one."""
        self._refill(now)
        if self._tokens < _WHOLE:
            return False
        self._tokens -= 1
        return True

    def next_at(self, now: float) -> float:
        """When the next token is there; `now` if there is one."""
        self._refill(now)
        return now if self._tokens >= _WHOLE else now + (1 - self._tokens) / self.rate_per_s

    def _refill(self, now: float) -> None:
        if self._at is not None and now > self._at:
            self._tokens = min(self.burst, self._tokens + (now - self._at) * self.rate_per_s)
        if self._at is None or now > self._at:
            self._at = now
