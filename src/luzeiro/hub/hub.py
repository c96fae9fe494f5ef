"""The hub: admits segments into the log once they are seen to be what was signed, and gives
receipts.

What a crash can interrupt, in order, and what then happens:

1. the segment's file is durable in a folder of the hub's disk: it is sent again;
2. its note is in the log: the ledger catches up from there, and sending it again gives a receipt;
3. the ledger knows it, its file is moved to `admitted/`: the next start moves what was left.

The receipt leaves last. So whoever has one knows that the hub has the segment.
"""

import contextlib
import hashlib
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from luzeiro.evidence.durable import lay_folder, move
from luzeiro.evidence.log import Log
from luzeiro.evidence.signer import load_or_make, open_note
from luzeiro.evidence.verifier.notes import NoteError, VerifierKey, parse_key, parse_note
from luzeiro.evidence.verifier.statements import (
    ENROLMENT,
    JOURNAL,
    StatementError,
    read,
    write,
)
from luzeiro.hub.examine import Examined, examine
from luzeiro.hub.ledger import Ledger
from luzeiro.hub.refusals import RefusedError, Why
from luzeiro.observations import segment
from luzeiro.observations.segment import SegmentName, written

ENTRY_LIMIT_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Receipt:
    """The hub's word that a segment is in its log: an inclusion proof with a signed checkpoint."""

    proof: bytes  # C2SP tlog-proof
    log_index: int
    repeated: bool  # it was there before


class Hub:
    """One hub in one folder. Several processes may have it open."""

    def __init__(self, folder: Path) -> None:
        """Open it, and finish what a crash interrupted. Makes what is missing.

        Raises:
            KeyFileError: its key cannot be read.
            LogError: its log is damaged.
        """
        self.folder = folder
        self.incoming, self.admitted = folder / "incoming", folder / "admitted"
        self.refused = folder / "refused"
        for one in (self.incoming, self.admitted, self.refused):
            lay_folder(one)
        self.signer = load_or_make(folder / "key", f"luzeiro/hub/{secrets.token_hex(8)}")
        self.log = Log(folder / "log", self.signer.key)
        self.ledger = Ledger(folder / "ledger.sqlite3")
        try:
            self._catch_up()
            self._finish_placing()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self.ledger.close()

    # Collectors.

    def enrol(self, collector: str, key: VerifierKey, label: str, now: datetime) -> bytes:
        """Let a collector send segments; its enrolment is an entry of the log. Gives the proof.

        Raises:
            RefusedError: that collector is enrolled with another key.
        """
        with self.ledger.writing():
            return self._enrol(collector, key, label, now)

    def enrol_by_ticket(self, request: bytes, secret: str, now: datetime) -> tuple[bytes, bytes]:
        """Enrol whoever holds a ticket and the key that signed the request.

        Returns:
            The entry of the log, and its proof.

        Raises:
            RefusedError: the ticket is not good, or the request is not signed with its key.
        """
        collector, key = _read_request(request)
        with self.ledger.writing():
            label = self.ledger.use_ticket(secret, collector, now)
            proof = self._enrol(collector, key, label, now)
        enrolled = self.ledger.enrolled(collector)
        assert enrolled is not None
        return self.log.reader().entry(enrolled.log_index), proof

    def _enrol(self, collector: str, key: VerifierKey, label: str, now: datetime) -> bytes:
        known = self.ledger.enrolled(collector)
        if known is None:
            text = write(ENROLMENT, (collector, label, key, written(now)))
            entry = self.signer.sign(text)
            index = self.log.append([entry], self.signer)
            self._catch_up_inside()
            return self.log.proof(index)
        if known.key != key:
            raise RefusedError(
                Why.FORGED,
                f"the collector {collector} is enrolled with another key. Give this one a new id: "
                "move its 'collector' folder away, and enrol it with a new ticket.",
            )
        return self.log.proof(known.log_index)

    # Segments.

    def examine(self, name: SegmentName, sealed: bytes) -> Examined:
        """Check a segment whole.

        Raises:
            RefusedError: what is wrong with it.
        """
        return examine(name, sealed, self.ledger.key_of)

    def admit(self, examined: Sequence[Examined]) -> list[Receipt | RefusedError]:
        """Put segments into the log, each once; one answer each, in their order.

        Their files must be durable already; `place` is to follow.
        """
        answers: list[Receipt | RefusedError] = []
        with self.ledger.writing():
            self._catch_up_inside()
            fresh: dict[bytes, Examined] = {}
            for one in examined:
                if self.ledger.logged(one.seal.digest) is None:
                    with contextlib.suppress(RefusedError):
                        self._check_among(one, fresh)
                        fresh[one.seal.digest] = one
            index = self.log.append([one.note for one in fresh.values()], self.signer)
            for place, one in enumerate(fresh.values()):
                self.ledger.add_segment(one.seal, index + place, str(one.name))
            self.ledger.set_read_up_to(index + len(fresh))
            answers += [self._answer(one, fresh) for one in examined]
        return answers

    def place(self, path: Path, examined: Examined) -> Path:
        """Move an admitted segment's file to where the store takes it from."""
        logged = self.ledger.logged(examined.seal.digest)
        if logged is not None and logged.placed:
            path.unlink(missing_ok=True)  # a repetition: the file is, or was, there
            return self.admitted / path.name
        moved = move(path, self.admitted)
        self.ledger.set_placed(examined.seal.digest, path.name)
        return moved

    def receipt(self, digest: bytes) -> bytes | None:
        """The receipt of a segment that is here whole; None where it is to be sent."""
        logged = self.ledger.logged(digest)
        return self.log.proof(logged.log_index) if logged and logged.placed else None

    def _check_among(self, one: Examined, fresh: dict[bytes, Examined]) -> None:
        self.ledger.check_chain(one.seal)
        for other in fresh.values():
            if other.seal.collector != one.seal.collector or other.seal == one.seal:
                continue
            ahead = other.seal.sequence - one.seal.sequence
            forked = (
                ahead == 0
                or (ahead == 1 and other.seal.previous != one.seal.digest)
                or (ahead == -1 and one.seal.previous != other.seal.digest)
            )
            if forked:
                raise RefusedError(Why.FORKED, f"the chain of {one.seal.collector} goes two ways")

    def _answer(self, one: Examined, fresh: dict[bytes, Examined]) -> Receipt | RefusedError:
        logged = self.ledger.logged(one.seal.digest)
        if logged is not None:
            repeated = one.seal.digest not in fresh
            return Receipt(self.log.proof(logged.log_index), logged.log_index, repeated)
        try:
            self.ledger.check_chain(one.seal)
        except RefusedError as refused:
            return refused
        return RefusedError(Why.FORKED, f"the chain of {one.seal.collector} goes two ways")

    # The journal.

    def carry_journal(self, after: Callable[[int], Sequence[tuple[int, bytes]]]) -> range:
        """Put entries of the journal into the log, each once: their digests, not their words.

        One process at a time does it, and asks the log which is the last that it has: so a crash at
        any instant neither doubles an entry nor loses one.

        Args:
            after: gives the entries after the last that is there (0: none is), ascending, each with
                its number and its one form.

        Returns:
            Their indices in the log.
        """
        with self.ledger.writing():
            self._catch_up_inside()
            fresh = after(self.ledger.last_journal_entry())
            notes = [
                self.signer.sign(write(JOURNAL, (number, hashlib.sha256(form).hexdigest())))
                for number, form in fresh
            ]
            index = self.log.append(notes, self.signer)
            self._catch_up_inside()
        return range(index, index + len(notes))

    # After a crash.

    def _catch_up(self) -> None:
        if self.ledger.read_up_to() < self.log.head().size:
            with self.ledger.writing():
                self._catch_up_inside()

    def _catch_up_inside(self) -> None:
        size = self.log.head().size
        for index, entry in self._entries(self.ledger.read_up_to(), size):
            self.ledger.take_entry(index, entry)
        self.ledger.set_read_up_to(size)

    def _entries(self, start: int, size: int) -> Iterator[tuple[int, bytes]]:
        if start < size:
            yield from self.log.reader(size).entries(start)

    def _finish_placing(self) -> None:
        """Move what was logged and not yet moved; what was not logged will be sent again."""
        for path in segment.waiting_in(self.incoming):
            try:
                examined = self.examine(SegmentName.parse(path.name), path.read_bytes())
            except (RefusedError, FileNotFoundError):
                continue
            if self.ledger.logged(examined.seal.digest) is not None:
                with contextlib.suppress(FileNotFoundError):  # another process did
                    self.place(path, examined)


def _read_request(request: bytes) -> tuple[str, VerifierKey]:
    """Read an enrolment's request: a note whose text names a collector and the key that signs it.

    Raises:
        RefusedError: it is not that.
    """
    try:
        held = read(ENROLMENT, parse_note(request).text)
        key = parse_key(held["key"])
        open_note(request, key)
    except (NoteError, StatementError) as error:
        raise RefusedError(Why.DAMAGED, f"the request cannot be read: {error}") from error
    return held["collector"], key
