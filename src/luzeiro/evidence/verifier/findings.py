"""What a check comes to: each finding says of one thing that it holds, fails, or cannot be
known.
"""

from dataclasses import dataclass

HOLDS, FAILS, UNKNOWN = "holds", "fails", "unknown"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    state: str  # HOLDS, FAILS or UNKNOWN
    about: str  # which part of the package
    told: str


class Findings(list[Finding]):
    """Findings in the order in which they were made."""

    def holds(self, about: str, told: str) -> None:
        self.append(Finding(HOLDS, about, told))

    def fails(self, about: str, told: str) -> None:
        self.append(Finding(FAILS, about, told))

    def unknown(self, about: str, told: str) -> None:
        self.append(Finding(UNKNOWN, about, told))

    def failed(self) -> list[Finding]:
        return [one for one in self if one.state == FAILS]
