"""What searches led to, as a ledger: entries are added, and a correction is an entry as well.

A figure is what the ledger said at an instant: the same question about the same instant always has
the same answer, whatever was corrected since.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import sqrt


class What(StrEnum):
    """What one entry counts."""

    SEARCH = "search"
    ARREST = "arrest"
    CHARGED = "charged"
    DEVICE = "device"  # `detail`: the type
    STORAGE_GB = "storage"
    CHILD_IDENTIFIED = "child identified"
    CHILD_SAFEGUARDED = "child safeguarded"
    WORKS_WITH_CHILDREN = "suspect works with children"
    LIVES_WITH_CHILDREN = "suspect lives with children"
    PRODUCTION = "suspected production"
    CONFIRMED = "file confirmed on a device"
    NOT_CONFIRMED = "file not confirmed"
    WRONG_ADDRESS = "wrong address"
    RIGHT_ADDRESS = "right address"


class Device(StrEnum):
    """The type of a seized device."""

    COMPUTER = "computer"
    TELEPHONE = "telephone"
    STORAGE = "storage medium"
    CAMERA = "camera"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of the ledger. `corrects`: the entry whose place it takes."""

    number: int  # grows; the order of the ledger
    target: str
    country: str  # ISO 3166-1 alpha-2
    what: What
    detail: str
    count: int  # 0 in a correction that takes an entry back
    recorded_at: datetime
    corrects: int | None


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of cases, with the interval in which it lies with 95 % confidence."""

    cases: int
    of: int

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's score interval (1927); 0 to 1 where there is no case."""
        if self.of == 0:
            return 0.0, 1.0
        z, n, share = 1.959964, self.of, self.cases / self.of
        middle = (share + z * z / (2 * n)) / (1 + z * z / n)
        half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a ledger said at an instant, of a scope."""

    as_of: datetime
    scope: str
    counts: dict[str, dict[What, int]]  # country to what
    devices: dict[str, int]
    country: str = ""  # asked for this one alone; empty: for all

    def of(self, what: What) -> int:
        """The sum over all countries."""
        return sum(counted.get(what, 0) for counted in self.counts.values())

    def by_country(self, what: What) -> list[tuple[str, int]]:
        """Country and count, the most first; countries without any are left out."""
        found = [(country, held.get(what, 0)) for country, held in self.counts.items()]
        return sorted((one for one in found if one[1]), key=lambda one: (-one[1], one[0]))

    @property
    def wrong_addresses(self) -> Rate:
        wrong = self.of(What.WRONG_ADDRESS)
        return Rate(wrong, wrong + self.of(What.RIGHT_ADDRESS))

    @property
    def not_confirmed(self) -> Rate:
        """The measured error rate: searches in which no watched file was found on a device."""
        missing = self.of(What.NOT_CONFIRMED)
        return Rate(missing, missing + self.of(What.CONFIRMED))


def in_force(ledger: Iterable[Entry], as_of: datetime) -> list[Entry]:
    """The entries that stood at an instant: recorded by then, and not corrected by then."""
    known = [one for one in ledger if one.recorded_at <= as_of]
    corrected = {one.corrects for one in known if one.corrects is not None}
    return [one for one in known if one.number not in corrected]


def figures(ledger: Sequence[Entry], *, as_of: datetime, scope: str, country: str = "") -> Figures:
    """Count a ledger as it stood at an instant, of all countries or of one."""
    counts: dict[str, dict[What, int]] = {}
    devices: Counter[str] = Counter()
    for one in in_force(ledger, as_of):
        if country and one.country != country:
            continue
        held = counts.setdefault(one.country, {})
        held[one.what] = held.get(one.what, 0) + one.count
        if one.what is What.DEVICE:
            devices[one.detail] += one.count
    kinds = {kind: n for kind, n in devices.items() if n}
    return Figures(as_of, scope, counts, kinds, country)
