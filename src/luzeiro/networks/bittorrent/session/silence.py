"""Nodes that are gone: others go on naming them for a quarter of an hour, and each costs a wait."""

from collections import OrderedDict

BORNE = 3  # time-outs in a row; datagrams get lost, so one or two mean nothing
REST_S = 600.0
KEPT = 20_000  # addresses remembered, the longest unheard-of forgotten first


class SilentNodes:
    """Which addresses are not worth asking now: they did not answer `BORNE` times in a row.

    They are asked again after `REST_S`. Reads no clock: `now` is seconds of any monotonic origin.
    """

    def __init__(self) -> None:
        self._silences: OrderedDict[bytes, tuple[int, float]] = OrderedDict()  # count, latest

    def was_silent(self, address: bytes, now: float) -> None:
        """Note a time-out. For the caller to see to: that it was not our own link that failed."""
        count, _ = self._silences.pop(address, (0, now))
        self._silences[address] = count + 1, now
        if len(self._silences) > KEPT:
            self._silences.popitem(last=False)

    def spoke(self, address: bytes) -> None:
        """Note any answer."""
        self._silences.pop(address, None)

    def rests(self, address: bytes, now: float) -> bool:
        """Whether it is to be let be."""
        count, latest_at = self._silences.get(address, (0, 0.0))
        if count < BORNE:
            return False
        if now - latest_at < REST_S:
            return True
        del self._silences[address]
        return False
