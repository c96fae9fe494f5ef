"""Who is in a swarm in truth, and whether what was found is that."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lab.files import LabFile, LabTorrent

Address = tuple[str, int]
Row = Mapping[str, Any]  # Any: a sighting as `luzeiro sightings list --output json` prints it

_STRENGTH = ("heard", "reached", "stated", "corroborated")
# Corroborated is stated on two days: a run may well cross midnight.
_STATED = frozenset({"stated", "corroborated"})


class Expected(StrEnum):
    """What is to be found out about a party and a listed file of the torrent it is asked about."""

    STATED = "stated"
    REACHED = "reached"
    HEARD = "heard"
    ABSENT = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One address, and what is true of it."""

    name: str  # what it is, in a few words
    address: Address
    torrent: LabTorrent  # which it is asked about
    listed: tuple[LabFile, ...]  # of that torrent
    held: frozenset[int] = frozenset()  # pieces
    expected: Expected = Expected.STATED
    tells_less: bool = False  # a super-seeder names single pieces and holds them all
    control: str | None = None  # what the control question is to bring, where that is the point

    def completeness(self, file: LabFile) -> float:
        """Which part of the file it holds, in per cent."""
        return file.completeness(self.held)

    def expected_of(self, file: LabFile) -> Expected:
        """What is to be found about this file: nobody states a file of which he holds nothing."""
        if self.expected is Expected.STATED and not self.completeness(file):
            return Expected.REACHED
        return self.expected


@dataclass(frozen=True, slots=True)
class Finding:
    """A party, a listed file, and the strongest sighting of them; None: not seen at all."""

    party: Party
    file: LabFile
    row: Row | None
    wrong: str | None  # how it differs from the truth; None: it does not


@dataclass(frozen=True, slots=True)
class Judgement:
    """All that was found, beside the truth."""

    findings: tuple[Finding, ...]
    strangers: tuple[Row, ...]  # sightings of parties or files that are not the lab's
    holders: int  # (party, file) pairs where the party holds some of the file
    holders_found: int  # of these, stated with the right completeness
    stated: int  # (address, torrent, file) triples that were stated
    stated_rightly: int

    @property
    def recall(self) -> float:
        return self.holders_found / self.holders if self.holders else 1.0

    @property
    def precision(self) -> float:
        return self.stated_rightly / self.stated if self.stated else 1.0

    @property
    def is_the_truth(self) -> bool:
        """Whether everybody was found as they are, and nobody else was."""
        right = all(finding.wrong is None for finding in self.findings)
        return right and not self.strangers and self.recall == self.precision == 1.0


def judge(parties: Sequence[Party], rows: Iterable[Row]) -> Judgement:
    """Set the sightings beside the truth.

    Every stated sighting has to be right, not only the strongest of each party.
    """
    of_party: dict[tuple[Address, int], list[Row]] = {}
    strangers: list[Row] = []
    for row in rows:
        index = _about(parties, row)
        if index is None:
            strangers.append(row)
        else:
            of_party.setdefault((parties[index].address, index), []).append(row)
    findings = tuple(
        _finding(party, file, of_party.get((party.address, index), []))
        for index, party in enumerate(parties)
        for file in party.listed
    )
    stated_of = [finding for finding in findings if _is_stated(finding.row)]
    right = [finding for finding in stated_of if finding.wrong is None]
    holders = [one for one in findings if one.party.expected_of(one.file) is Expected.STATED]
    strange = {
        (row["remote_address"], row["remote_port"], row["identifier"], row["file_index"])
        for row in strangers
        if _is_stated(row)
    }
    return Judgement(
        findings=findings,
        strangers=tuple(strangers),
        holders=len(holders),
        holders_found=sum(one in right for one in holders),
        stated=len(stated_of) + len(strange),
        stated_rightly=len(right),
    )


def _about(parties: Sequence[Party], row: Row) -> int | None:
    """Whom and what a sighting is about; None where that is not the lab's."""
    address = (row["remote_address"], row["remote_port"])
    for index, party in enumerate(parties):
        digests = {name.hex() for name in (party.torrent.btih, party.torrent.btmh) if name}
        known_file = any(file.index == row["file_index"] for file in party.listed)
        if party.address == address and row["identifier"] in digests and known_file:
            return index
    return None


def _finding(party: Party, file: LabFile, rows: Collection[Row]) -> Finding:
    rows = [row for row in rows if row["file_index"] == file.index]
    strongest = max(rows, key=_strength, default=None)
    expected = party.expected_of(file)
    wrong = _difference(party, file, expected, strongest)
    for row in rows:
        if wrong is None and _is_stated(row):
            wrong = _completeness_wrong(party, file, row)
    return Finding(party, file, strongest, wrong)


def _strength(row: Row) -> tuple[int, float, str]:
    """The stronger grade first, then the fuller statement, then the newer."""
    return _STRENGTH.index(row["grade"]), row["completeness"] or 0.0, row["seen_at"]


def _difference(party: Party, file: LabFile, expected: Expected, row: Row | None) -> str | None:
    if row is None:
        return None if expected is Expected.ABSENT else f"not seen, {expected} expected"
    grade = "stated" if _is_stated(row) else row["grade"]
    if grade != expected:
        return f"{row['grade']}, {expected} expected"
    if party.control is not None and row["control"] != party.control:
        return f"control question: {row['control']}, {party.control} expected"
    return _completeness_wrong(party, file, row) if expected is Expected.STATED else None


def _completeness_wrong(party: Party, file: LabFile, row: Row) -> str | None:
    """Say how a stated completeness differs from the truth by more than one piece."""
    truth, told = party.completeness(file), row["completeness"]
    one_piece = 100.0 / len(file.pieces)
    if told is None:
        return f"no completeness, {truth:.1f} % expected"
    if party.tells_less and row["completeness_bound"] == "at least" and 0 < told <= truth:
        return None
    if abs(told - truth) > one_piece + 1e-9:
        return f"{told:.1f} %, {truth:.1f} % expected"
    return None


def _is_stated(row: Row | None) -> bool:
    return row is not None and row["grade"] in _STATED
