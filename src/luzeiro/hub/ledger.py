"""What the hub knows of collectors and segments: an index over the log, rebuilt from it.

Tickets alone are here and nowhere else. SQLite, synced at each commit; several processes may use
it.
"""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from luzeiro.evidence import durable
from luzeiro.evidence.verifier.notes import NoteError, VerifierKey, parse_key, parse_note
from luzeiro.evidence.verifier.statements import (
    ENROLMENT,
    JOURNAL,
    SegmentSeal,
    StatementError,
    read,
    read_seal,
)
from luzeiro.hub.refusals import RefusedError, Why

_TABLES = """
CREATE TABLE IF NOT EXISTS collectors (
  collector TEXT PRIMARY KEY, label TEXT NOT NULL, key TEXT NOT NULL, enrolled_at TEXT NOT NULL,
  log_index INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS tickets (
  secret_sha256 BLOB PRIMARY KEY, label TEXT NOT NULL, expires_at TEXT NOT NULL,
  used_by TEXT) STRICT;
CREATE TABLE IF NOT EXISTS segments (
  digest BLOB PRIMARY KEY, collector TEXT NOT NULL, sequence INTEGER NOT NULL,
  previous BLOB NOT NULL, sightings INTEGER NOT NULL, log_index INTEGER NOT NULL,
  file_name TEXT, placed INTEGER NOT NULL DEFAULT 0,
  UNIQUE (collector, sequence)) STRICT;
CREATE TABLE IF NOT EXISTS journal (entry INTEGER PRIMARY KEY, log_index INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS read_up_to (log_size INTEGER NOT NULL) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A collector that may send segments."""

    collector: str
    label: str
    key: VerifierKey
    enrolled_at: str
    log_index: int  # of its enrolment


@dataclass(frozen=True, slots=True)
class Logged:
    """A segment that is in the log."""

    digest: bytes
    sequence: int
    log_index: int
    file_name: str | None
    placed: bool  # its file lies where the store takes it from, or did


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a collector's chain is known."""

    enrolled: Enrolled
    segments: int
    sightings: int
    last_sequence: int
    missing: tuple[tuple[int, int], ...]  # holes: first and last sequence of each


class Ledger:
    """An open ledger; `close` it."""

    def __init__(self, path: Path) -> None:
        durable.lay_folder(path.parent)
        self._database = sqlite3.connect(
            path, timeout=60, isolation_level=None, check_same_thread=False
        )
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=FULL")
        self._database.executescript(_TABLES)

    def close(self) -> None:
        self._database.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction; one process at a time has one."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    # Tickets and collectors.

    def add_ticket(self, secret: str, label: str, expires_at: datetime) -> None:
        self._database.execute(
            "INSERT INTO tickets (secret_sha256, label, expires_at) VALUES (?, ?, ?)",
            (_hashed(secret), label, expires_at.isoformat()),
        )

    def use_ticket(self, secret: str, collector: str, now: datetime) -> str:
        """Use up a ticket, inside `writing`; give its label. The same collector may repeat it.

        Raises:
            RefusedError: there is no such ticket, it was used, or it is too old.
        """
        row = self._database.execute(
            "SELECT label, expires_at, used_by FROM tickets WHERE secret_sha256 = ?",
            (_hashed(secret),),
        ).fetchone()
        if row is None:
            raise RefusedError(Why.TICKET, "this ticket was not made here: ask for a new one")
        label, expires_at, used_by = row
        if used_by not in (None, collector):
            raise RefusedError(Why.TICKET, "this ticket was used already: ask for a new one")
        if used_by is None and datetime.fromisoformat(expires_at) < now:
            raise RefusedError(Why.TICKET, f"this ticket was good until {expires_at}: ask for one")
        self._database.execute(
            "UPDATE tickets SET used_by = ? WHERE secret_sha256 = ?", (collector, _hashed(secret))
        )
        return str(label)

    def enrolled(self, collector: str) -> Enrolled | None:
        found = self._database.execute(
            "SELECT collector, label, key, enrolled_at, log_index FROM collectors"
            " WHERE collector = ?",
            (collector,),
        ).fetchone()
        return None if found is None else _enrolled(found)

    def key_of(self, collector: str) -> VerifierKey | None:
        found = self.enrolled(collector)
        return found.key if found else None

    # Segments.

    def logged(self, digest: bytes) -> Logged | None:
        """A segment by the digest of what was signed of it."""
        found = self._database.execute(
            "SELECT digest, sequence, log_index, file_name, placed FROM segments WHERE digest = ?",
            (digest,),
        ).fetchone()
        return None if found is None else _logged(found)

    def by_file(self, file_name: str) -> Logged | None:
        """A segment by the name of its file."""
        found = self._database.execute(
            "SELECT digest, sequence, log_index, file_name, placed FROM segments"
            " WHERE file_name = ?",
            (file_name,),
        ).fetchone()
        return None if found is None else _logged(found)

    def check_chain(self, seal: SegmentSeal) -> None:
        """See that a segment that is new here fits its neighbours, as far as they are known.

        Raises:
            RefusedError: another segment has its place, or a neighbour names another one.
        """
        for sequence, digest, previous in self._database.execute(
            "SELECT sequence, digest, previous FROM segments WHERE collector = ?"
            " AND sequence BETWEEN ? AND ?",
            (seal.collector, seal.sequence - 1, seal.sequence + 1),
        ):
            fits = {
                seal.sequence - 1: digest == seal.previous,
                seal.sequence: digest == seal.digest,
                seal.sequence + 1: previous == seal.digest,
            }
            if not fits[sequence]:
                raise RefusedError(
                    Why.FORKED,
                    f"the chain of {seal.collector} goes two ways at segment {sequence}: its key "
                    "is in use in two places, or an old copy of it was restored. Enrol it anew.",
                )

    def add_segment(self, seal: SegmentSeal, log_index: int, file_name: str | None) -> None:
        """Note a segment that is in the log."""
        self._database.execute(
            "INSERT OR IGNORE INTO segments"
            " (digest, collector, sequence, previous, sightings, log_index, file_name)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                *(seal.digest, seal.collector, seal.sequence, seal.previous, seal.sightings),
                *(log_index, file_name),
            ),
        )

    def set_placed(self, digest: bytes, file_name: str) -> None:
        """Note that a segment's file lies where the store takes it from."""
        self._database.execute(
            "UPDATE segments SET placed = 1, file_name = ? WHERE digest = ?", (file_name, digest)
        )

    def standings(self) -> list[Standing]:
        """How far each collector's chain is known, and what is missing of it."""
        rows = self._database.execute(
            "SELECT collector, label, key, enrolled_at, log_index FROM collectors ORDER BY label"
        ).fetchall()
        return [self._standing(_enrolled(row)) for row in rows]

    def indices(self, collector: str, first: int, last: int) -> list[int]:
        """Where a run of a collector's segments is in the log, in their order."""
        found = self._database.execute(
            "SELECT log_index FROM segments WHERE collector = ? AND sequence BETWEEN ? AND ?"
            " ORDER BY sequence",
            (collector, first, last),
        )
        return [int(index) for (index,) in found]

    def missing(self, collector: str) -> tuple[tuple[int, int], ...]:
        """The holes in a collector's chain: first and last sequence of each."""
        holes = self._database.execute(
            "SELECT before + 1, sequence - 1 FROM (SELECT sequence,"
            " lag(sequence, 1, 0) OVER (ORDER BY sequence) AS before"
            " FROM segments WHERE collector = ?) WHERE sequence > before + 1",
            (collector,),
        )
        return tuple((int(first), int(last)) for first, last in holes)

    def _standing(self, enrolled: Enrolled) -> Standing:
        segments, sightings, last = self._database.execute(
            "SELECT count(*), coalesce(sum(sightings), 0), coalesce(max(sequence), 0)"
            " FROM segments WHERE collector = ?",
            (enrolled.collector,),
        ).fetchone()
        return Standing(enrolled, segments, sightings, last, self.missing(enrolled.collector))

    # The journal.

    def last_journal_entry(self) -> int:
        """The highest number of an entry of the journal that is in the log; 0: there is none."""
        found = self._database.execute("SELECT max(entry) FROM journal").fetchone()[0]
        return int(found or 0)

    # The log.

    def read_up_to(self) -> int:
        """How many entries of the log are in here."""
        found = self._database.execute("SELECT max(log_size) FROM read_up_to").fetchone()[0]
        return int(found or 0)

    def set_read_up_to(self, size: int) -> None:
        self._database.execute("DELETE FROM read_up_to")
        self._database.execute("INSERT INTO read_up_to (log_size) VALUES (?)", (size,))

    def take_entry(self, log_index: int, entry: bytes) -> None:
        """Take in an entry that is in the log; one of another kind is passed over."""
        try:
            text = parse_note(entry).text
        except NoteError:
            return
        kind = text.partition("\n")[0]
        try:
            if kind == ENROLMENT:
                self._take_enrolment(read(ENROLMENT, text), log_index)
            elif kind == JOURNAL:
                number = int(read(JOURNAL, text)["entry"])
                self._database.execute(
                    "INSERT OR IGNORE INTO journal VALUES (?, ?)", (number, log_index)
                )
            else:
                self.add_segment(read_seal(text), log_index, None)
        except (StatementError, ValueError):
            return

    def _take_enrolment(self, held: dict[str, str], log_index: int) -> None:
        self._database.execute(
            "INSERT OR IGNORE INTO collectors VALUES (?, ?, ?, ?, ?)",
            (*(held[name] for name in ("collector", "label", "key", "enrolled_at")), log_index),
        )


def _enrolled(row: tuple[str, str, str, str, int]) -> Enrolled:
    return Enrolled(row[0], row[1], parse_key(row[2]), row[3], row[4])


def _logged(row: tuple[bytes, int, int, str | None, int]) -> Logged:
    return Logged(row[0], row[1], row[2], row[3], bool(row[4]))


def _hashed(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def in_time(now: datetime, hours: float) -> datetime:
    """When a ticket made now ends."""
    return (now + timedelta(hours=hours)).astimezone(UTC)
