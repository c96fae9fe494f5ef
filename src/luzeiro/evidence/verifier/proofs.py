"""The chain of proof in a package: log, enrolment, segment, sighting."""

import hashlib
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass

from luzeiro.evidence.verifier.ed25519 import ed25519_verify
from luzeiro.evidence.verifier.findings import Findings
from luzeiro.evidence.verifier.merkle import (
    ProofError,
    check_consistency,
    check_inclusion,
    leaf_hash,
)
from luzeiro.evidence.verifier.notes import (
    Checkpoint,
    Note,
    NoteError,
    VerifierKey,
    parse_checkpoint,
    parse_key,
    parse_note,
    parse_proof,
    signed_by,
)
from luzeiro.evidence.verifier.sighting import Row, RowError, encode_sighting
from luzeiro.evidence.verifier.statements import (
    ENROLMENT,
    FIRST,
    PACKAGE,
    SegmentSeal,
    StatementError,
    read,
    read_seal,
)

Members = Mapping[str, bytes]


@dataclass(frozen=True)
class Trust:
    """What whoever verifies brings along: nothing of it comes out of the package."""

    log_key: VerifierKey | None = None
    witnesses: tuple[VerifierKey, ...] = ()
    checkpoints: tuple[bytes, ...] = ()  # notes kept elsewhere
    consistency: tuple[bytes, ...] = ()  # hashes, where sizes differ


class Proofs:
    """Follows the proofs of one package, and notes what holds."""

    def __init__(self, members: Members, trust: Trust, findings: Findings) -> None:
        self._members, self._trust, self._findings = members, trust, findings
        self.seals: dict[str, SegmentSeal] = {}  # by digest, those that hold
        self.head: Checkpoint | None = None
        self.key: VerifierKey | None = None

    def follow(self, rows: list[Row]) -> None:
        """Check everything from the log's head down to each row."""
        if not self._log():
            return
        self._package_note()
        collectors = self._enrolments()
        self._segments(collectors)
        self._chains()
        self._rows(rows)

    # The log.

    def _log(self) -> bool:
        try:
            self.key = parse_key(self._members["data/log/key"].decode())
            note = parse_note(self._members["data/log/checkpoint"])
            if signed_by(note, self.key, ed25519_verify) is None:
                raise NoteError("it is not signed with the log's key")
            self.head = parse_checkpoint(note.text)
            if self.head.origin != self.key.name:
                raise NoteError(f"it is of another log, {self.head.origin}")
        except (KeyError, NoteError, UnicodeDecodeError) as error:
            self._findings.fails("log", f"data/log/checkpoint: {error}")
            return False
        size = self.head.size
        self._findings.holds("log", f"the head over {size} entries is signed by {self.key.name}")
        self._compare_key()
        self._cosignatures(note)
        for kept in self._trust.checkpoints:
            self._compare_checkpoint(kept)
        if not self._trust.checkpoints:
            self._findings.unknown(
                "log",
                "whether others were shown the same log: compare the head with a copy that was "
                "kept elsewhere (--checkpoint FILE)",
            )
        return True

    def _compare_key(self) -> None:
        if self._trust.log_key is None:
            self._findings.unknown(
                "log",
                f"that the key is the hub's: it came with the package. Compare it with what the "
                f"hub has published (--key): {self.key}",
            )
        elif self._trust.log_key == self.key:
            self._findings.holds("log", "its key is the one that you gave")
        else:
            self._findings.fails("log", f"data/log/key: not the key that you gave, but {self.key}")

    def _cosignatures(self, note: Note) -> None:
        for witness in self._trust.witnesses:
            try:
                time = signed_by(note, witness, ed25519_verify)
            except NoteError as error:
                self._findings.fails("log", f"data/log/checkpoint: {error}")
                continue
            if time is None:
                self._findings.unknown("log", f"{witness.name} has not signed this head")
            else:
                self._findings.holds("log", f"{witness.name} saw this head at {time} (POSIX time)")
        others = len([one for one in note.signatures if self.key and one.name != self.key.name])
        if others and not self._trust.witnesses:
            self._findings.unknown(
                "log", f"{others} signatures of witnesses: bring their keys (--witness)"
            )

    def _compare_checkpoint(self, kept: bytes) -> None:
        assert self.key is not None and self.head is not None
        try:
            note = parse_note(kept)
            if signed_by(note, self.key, ed25519_verify) is None:
                raise NoteError("it is not signed with the package's log key")
            outside = parse_checkpoint(note.text)
            old, new = sorted((outside, self.head), key=lambda one: one.size)
            if old.size not in (0, new.size) and not self._trust.consistency:
                self._findings.unknown(
                    "log",
                    f"whether it agrees with the head over {outside.size} entries that you "
                    "brought: that takes a consistency proof (luzeiro evidence log prove "
                    f"--from-size {old.size} --to-size {new.size}; then --consistency FILE)",
                )
                return
            path = self._trust.consistency if old.size not in (0, new.size) else ()
            check_consistency(old.size, old.root, new.size, new.root, path)
        except (NoteError, ProofError) as error:
            self._findings.fails("log", f"against the checkpoint kept outside: {error}")
        else:
            told = f"it agrees with the head over {outside.size} entries that you brought"
            self._findings.holds("log", told)

    def _package_note(self) -> None:
        assert self.key is not None
        name = "package.note"
        try:
            note = parse_note(self._members[name])
            if signed_by(note, self.key, ed25519_verify) is None:
                raise NoteError("it is not signed with the log's key")
            held = read(PACKAGE, note.text)
            found = hashlib.sha256(self._members["manifest-sha256.txt"]).hexdigest()
            if held["manifest_sha256"] != found:
                raise NoteError("the manifest is not the one that was signed")
        except (KeyError, NoteError, StatementError) as error:
            self._findings.fails("package", f"{name}: {error}")
        else:
            self._findings.holds(
                "package", f"the manifest is what the hub signed at {held['made_at']}"
            )

    # Collectors and segments.

    def _enrolments(self) -> dict[str, VerifierKey]:
        found = {}
        for name in self._named("data/proofs/enrolments/", ".note"):
            try:
                note = parse_note(self._members[name])
                if self.key is None or signed_by(note, self.key, ed25519_verify) is None:
                    raise NoteError("it is not signed by the hub")
                held = read(ENROLMENT, note.text)
                found[held["collector"]] = parse_key(held["key"])
                self._in_log(name, self._members[name])
            except (NoteError, StatementError, ProofError, KeyError) as error:
                self._findings.fails("collectors", f"{name}: {error}")
            else:
                told = (
                    f"{held['collector']} ({held['label']}) was enrolled at {held['enrolled_at']}"
                )
                self._findings.holds("collectors", told)
        return found

    def _segments(self, collectors: dict[str, VerifierKey]) -> None:
        for name in self._named("data/proofs/segments/", ".note"):
            try:
                note = parse_note(self._members[name])
                seal = read_seal(note.text)
                key = collectors.get(seal.collector)
                if key is None:
                    raise NoteError(f"its collector {seal.collector} is not enrolled")
                if signed_by(note, key, ed25519_verify) is None:
                    raise NoteError("its collector did not sign it")
                if name != f"data/proofs/segments/{seal.digest.hex()}.note":
                    raise NoteError("its name is not its digest")
                self._in_log(name, self._members[name])
            except (NoteError, StatementError, ProofError, KeyError) as error:
                self._findings.fails("segments", f"{name}: {error}")
            else:
                self.seals[seal.digest.hex()] = seal
        if self.seals:
            count = len(self.seals)
            self._findings.holds("segments", f"{count} signed by enrolled collectors, in the log")

    def _in_log(self, name: str, entry: bytes) -> None:
        """Check the proof beside a note: the entry is in the log under the package's head."""
        assert self.head is not None
        proof = parse_proof(self._members[name.removesuffix(".note") + ".tlog-proof"])
        if proof.checkpoint != parse_note(self._members["data/log/checkpoint"]):
            raise NoteError("its proof leads to another head than data/log/checkpoint")
        check_inclusion(proof.index, self.head.size, leaf_hash(entry), proof.path, self.head.root)

    def _chains(self) -> None:
        """Follow each collector's chain through the package: no segment between is left out."""
        for name in self._named("data/proofs/chains/", ".jsonl"):
            try:
                texts = [json.loads(line) for line in self._members[name].decode().splitlines()]
                seals = [read_seal(text) for text in texts]
                wrong = _first_break(seals)
                ends = {seals[0].digest.hex(), seals[-1].digest.hex()}
            except (ValueError, TypeError, StatementError, IndexError) as error:
                self._findings.fails("segments", f"{name}: {error!r}")
                continue
            if wrong or not ends <= set(self.seals):
                self._findings.fails("segments", f"{name}: {wrong or 'its ends are not signed'}")
                continue
            told = (
                f"the chain of {seals[0].collector} is whole from segment {seals[0].sequence} to "
            )
            self._findings.holds("segments", told + str(seals[-1].sequence))

    def _rows(self, rows: list[Row]) -> None:
        paths = {}
        try:
            for line in self._members["data/proofs/sightings.jsonl"].decode().splitlines():
                held = json.loads(line)
                paths[held["sighting_id"]] = held
        except (KeyError, ValueError, TypeError) as error:
            self._findings.fails("sightings", f"data/proofs/sightings.jsonl: {error!r}")
        good = 0
        for row in rows:
            told = self._row(row, paths.get(row.get("sighting_id")))
            if told:
                name = row.get("sighting_id")
                self._findings.fails("sightings", f"data/sightings.jsonl: {name}: {told}")
            good += not told
        told = f"{good} of {len(rows)} are what their collector sealed, unchanged"
        (self._findings.holds if good == len(rows) else self._findings.fails)("sightings", told)
        if set(paths) - {row.get("sighting_id") for row in rows}:
            self._findings.fails("sightings", "data/sightings.jsonl: a sighting was left out")

    def _row(self, row: Row, proof: Row | None) -> str:
        """Why a row is not proven; "" where it is."""
        if proof is None:
            return "it has no proof"
        seal = self.seals.get(str(proof.get("segment")))
        if seal is None:
            return "its segment is not proven"
        try:
            leaf = leaf_hash(encode_sighting(row))
            path = [bytes.fromhex(one) for one in proof["path"]]
            check_inclusion(int(proof["position"]), seal.sightings, leaf, path, seal.root)
        except (RowError, ProofError, KeyError, TypeError, ValueError) as error:
            return str(error)
        hub = row.get("hub", {})
        if (hub.get("segment"), hub.get("position")) != (proof["segment"], proof["position"]):
            return "the hub's note of where it lies is another"
        return "" if row["collector"] == seal.collector else "it is of another collector"

    def _named(self, folder: str, end: str) -> list[str]:
        return sorted(one for one in self._members if one.startswith(folder) and one.endswith(end))


def _first_break(seals: list[SegmentSeal]) -> str:
    if seals[0].sequence == 1 and seals[0].previous != FIRST:
        return "the first segment names one before it"
    for before, after in itertools.pairwise(seals):
        if after.previous != before.digest or after.sequence != before.sequence + 1:
            return f"segment {after.sequence} does not follow {before.sequence}"
        if after.collector != before.collector:
            return f"segment {after.sequence} is of another collector"
    return ""
