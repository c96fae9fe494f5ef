"""What a batch of rows comes to, given what is known: no database here, only decisions.

Row by row, in their order, each against what the rows before it have changed. Writing is for
`writing.py`.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations

from luzeiro.catalogue.known import TORRENT_KINDS, Known, KnownFile, KnownName, StandingVote
from luzeiro.catalogue.models import Conflict
from luzeiro.catalogue.rows import ListRow
from luzeiro.catalogue.rule import BENIGN_SCHEME, says_abuse
from luzeiro.observations.identifiers import Identifier, IdentifierKind

Fingerprint = tuple[frozenset[tuple[str, bytes]], int | None, str, str]


@dataclass(slots=True)
class Raised:
    """A conflict to write: what contradicts what, and the row where it was not taken."""

    kind: Conflict.Kind
    entry: int
    told: str
    row: ListRow | None
    scheme: str = ""
    label: str = ""


@dataclass(slots=True)
class Changes:
    """What is to be written for a batch."""

    entries: list[tuple[int, int | None]] = field(default_factory=list)  # (id, size)
    names: list[tuple[IdentifierKind, bytes, int]] = field(default_factory=list)  # new, of entry
    renewed: list[tuple[int, int, KnownName]] = field(default_factory=list)  # (id, entry, before)
    namings: list[tuple[int, int]] = field(default_factory=list)  # (identifier, entry)
    votes: list[StandingVote] = field(default_factory=list)  # new
    withdrawn: list[int] = field(default_factory=list)  # votes
    sizes: dict[int, int] = field(default_factory=dict)  # by entry
    merges: list[tuple[int, int]] = field(default_factory=list)  # entries
    pairs: list[tuple[bytes, bytes]] = field(default_factory=list)  # btih and btmh of one torrent
    conflicts: list[Raised] = field(default_factory=list)


class Taking:
    """Decides for the rows of one batch after the other.

    Args:
        next_entry: the number that the next new entry gets.
        seen: the conflicts that this source's rows raised before, open or not.
        benign: entries with an open conflict between benign and abuse.
        parted: pairs of entries that a curator held to be two files.
    """

    def __init__(
        self,
        *,
        next_entry: int,
        seen: set[Fingerprint],
        benign: set[int],
        parted: frozenset[frozenset[int]] = frozenset(),
    ) -> None:
        self.next_entry = next_entry
        self._parted = parted
        self.counts: Counter[str] = Counter()
        self._seen, self._benign = seen, benign
        self.entry: int | None = None  # of the row taken last; None: it was not taken
        self._known: Known
        self._changes = Changes()

    def take(self, rows: Iterable[tuple[ListRow, str, str]], known: Known) -> Changes:
        """Give the changes that rows, each with its scheme and label, come to."""
        self._known, self._changes = known, Changes()
        for row, scheme, label in rows:
            if row.withdrawn:
                self._withdraw(row)
            elif known.is_new(row):
                self._take_new(row, scheme, label)
            else:
                self._take(row, scheme, label)
        return self._changes

    def _take_new(self, row: ListRow, scheme: str, label: str) -> None:
        """As `_take`, where nothing is known of a file: as for nearly all of a first list."""
        entry, self.next_entry = self.next_entry, self.next_entry + 1
        self._changes.entries.append((entry, row.size_bytes))
        self._changes.names += [(name.kind, name.digest, entry) for name in row.identifiers]
        if len(row.identifiers) > 1:
            self._pair(row)
        self._changes.votes.append(_vote(entry, row, scheme, label))
        self.counts["added"] += 1
        self.entry = entry

    def _take(self, row: ListRow, scheme: str, label: str) -> None:
        file, *others = files = self._files(row) or [KnownFile(0)]
        if file.entry and (told := self._told_apart(row, files)) is not None:
            self._queue(told[0], told[1], file.entry, row, scheme, label)
            self.entry = None
            return
        if not file.entry:
            file.entry, self.next_entry = self.next_entry, self.next_entry + 1
            file.size_bytes = row.size_bytes
            self._changes.entries.append((file.entry, row.size_bytes))
        for other in others:
            file = self._join(file, other)
        if file.size_bytes is None and row.size_bytes is not None:
            file.size_bytes = self._changes.sizes[file.entry] = row.size_bytes
        more = self._name(file, row)
        self._vote(file, row, scheme, label, more=more or bool(others))
        self.entry = file.entry

    def _told_apart(self, row: ListRow, files: list[KnownFile]) -> tuple[Conflict.Kind, str] | None:
        for one, other in combinations(files, 2) if self._parted else ():
            if frozenset((one.entry, other.entry)) in self._parted:
                told = f"a curator held entries {one.entry} and {other.entry} to be two files"
                return Conflict.Kind.PARTED, told
        return contradiction(row, files)

    def _files(self, row: ListRow) -> list[KnownFile]:
        """The files that a row names, the oldest entry first."""
        placed = self._known.placed
        found = {} if placed is None else {placed.entry: placed}
        for name in row.identifiers:
            if (file := self._known.file_of(name)) is not None:
                found[file.entry] = file
        return [found[entry] for entry in sorted(found)] if len(found) > 1 else [*found.values()]

    def _join(self, file: KnownFile, other: KnownFile) -> KnownFile:
        self._changes.merges.append((file.entry, other.entry))
        other.joined = file
        file.size_bytes = file.size_bytes or other.size_bytes
        file.digests |= other.digests
        file.own_votes += other.own_votes
        file.others |= other.others
        return file

    def _name(self, file: KnownFile, row: ListRow) -> bool:
        """Let a file go by all the names in a row; whether one of them is new to it."""
        more = False
        for name in row.identifiers:
            known = self._known.names[name.kind].get(name.digest)
            if known is None:
                self._changes.names.append((name.kind, name.digest, file.entry))
                self._known.names[name.kind][name.digest] = KnownName(
                    None, file, file.entry, 0, None, vouched=True
                )
                more = True
            elif known.file is None:
                assert known.identifier_id is not None
                self._changes.renewed.append((known.identifier_id, file.entry, known))
                known.file, known.vouched, more = file, True, True
            elif not known.vouched:
                assert known.identifier_id is not None
                self._changes.namings.append((known.identifier_id, known.entry))
                known.vouched = True
            if name.kind not in TORRENT_KINDS:
                file.digests[name.kind] = name.digest
        if more:
            self._pair(row)
        return more

    def _pair(self, row: ListRow) -> None:
        if {name.kind for name in row.identifiers} >= TORRENT_KINDS:
            by_kind = {name.kind: name.digest for name in row.identifiers}
            self._changes.pairs.append((by_kind[IdentifierKind.BTIH], by_kind[IdentifierKind.BTMH]))

    def _vote(self, file: KnownFile, row: ListRow, scheme: str, label: str, *, more: bool) -> None:
        if any((vote.scheme, vote.label) == (scheme, label) for vote in file.own_votes):
            self.counts["changed" if more else "unchanged"] += 1
            return
        before = bool(file.own_votes)
        self._take_back(file.own_votes)
        vote = _vote(file.entry, row, scheme, label)
        file.own_votes = [vote]
        self._changes.votes.append(vote)
        self.counts["changed" if before else "added"] += 1
        if file.others:
            self._watch_benign(file, scheme, label)

    def _watch_benign(self, file: KnownFile, scheme: str, label: str) -> None:
        votes = {*file.others, (scheme, label)}
        benign = any(of == BENIGN_SCHEME for of, _ in votes)
        if benign and any(says_abuse(*vote) for vote in votes) and file.entry not in self._benign:
            self._benign.add(file.entry)
            told = "a list of benign files names it, and a source holds it to be abuse material"
            self._changes.conflicts.append(Raised(Conflict.Kind.BENIGN, file.entry, told, None))

    def _withdraw(self, row: ListRow) -> None:
        files = self._files(row)
        if row.key is not None:
            by_entry = {file.entry: file for file in files}
            for root in self._known.keys.get(row.key, ()):
                file = self._known.files[root].now()
                by_entry[file.entry] = file
            files = [*by_entry.values()]
        withdrawn = False
        for file in files:
            withdrawn |= bool(file.own_votes)
            self._take_back(file.own_votes)
            file.own_votes = []
        self.counts["changed" if withdrawn else "unchanged"] += 1

    def _take_back(self, votes: Iterable[StandingVote]) -> None:
        for vote in votes:
            if vote.vote_id is None:
                vote.superseded = True
            else:
                self._changes.withdrawn.append(vote.vote_id)

    def _queue(
        self, kind: Conflict.Kind, told: str, entry: int, row: ListRow, scheme: str, label: str
    ) -> None:
        mark = fingerprint(row.identifiers, row.size_bytes, scheme, label)
        if mark in self._seen:
            self.counts["unchanged"] += 1
            return
        self._seen.add(mark)
        self._changes.conflicts.append(Raised(kind, entry, told, row, scheme, label))
        self.counts["queued"] += 1


def _vote(entry: int, row: ListRow, scheme: str, label: str) -> StandingVote:
    return StandingVote(
        vote_id=None,
        entry=entry,
        scheme=scheme,
        label=label,
        voted_on=row.voted_on.isoformat() if row.voted_on is not None else None,
        list_key=row.key,
    )


def contradiction(row: ListRow, files: list[KnownFile]) -> tuple[Conflict.Kind, str] | None:
    """Say why a row and the files that it names cannot be one file, if they cannot."""
    sizes = {file.size_bytes: f"entry {file.entry}" for file in files if file.size_bytes}
    digests = {
        (kind, digest): f"entry {file.entry}"
        for file in files
        for kind, digest in file.digests.items()
    }
    for name in row.identifiers:
        if name.kind not in TORRENT_KINDS:
            digests.setdefault((name.kind, name.digest), "the row")
    by_kind: dict[IdentifierKind, str] = {}
    for (kind, _), said_by in digests.items():
        if kind in by_kind:
            told = f"two digests of kind {kind} for one file: of {by_kind[kind]} and of {said_by}"
            return Conflict.Kind.TWO_DIGESTS, told
        by_kind[kind] = said_by
    if row.size_bytes is not None:
        sizes.setdefault(row.size_bytes, "the row")
    if len(sizes) > 1:
        said = " and ".join(f"{size} bytes ({by})" for size, by in sorted(sizes.items()))
        return Conflict.Kind.TWO_SIZES, f"two sizes for one file: {said}"
    return None


def fingerprint(
    names: Iterable[Identifier], size_bytes: int | None, scheme: str, label: str
) -> Fingerprint:
    """What makes two conflicting rows of a source the same."""
    return frozenset((n.kind.value, n.digest) for n in names), size_bytes, scheme, label
