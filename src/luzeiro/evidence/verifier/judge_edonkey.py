"""What the raw bytes of an eD2k sighting bear out, beside what the collector claimed.

What bytes cannot decide: that nobody shares the random hash of the control question, what an
obfuscated question to a Kad node was where it does not open, and the end of a link that was
recorded before collectors noted it.
"""

from dataclasses import dataclass

from luzeiro.evidence.verifier.ed2k_hearsay import hear_index
from luzeiro.evidence.verifier.ed2k_indexes import ToldOf
from luzeiro.evidence.verifier.ed2k_obfuscation import revealed
from luzeiro.evidence.verifier.edonkey import (
    ABOUT_A_FILE,
    ClientSays,
    hear_client,
    is_install,
    questions_in,
)
from luzeiro.evidence.verifier.exchange import RawTranscript
from luzeiro.evidence.verifier.judgement import Judgement, joined
from luzeiro.evidence.verifier.sighting import Row, microseconds, pack_address

_PART_BYTES = 9_728_000
_EXACT = 1e-9  # completeness is a quotient of two whole numbers
_NAME_CHARACTERS = 255
_NO_END = ("link: closed without a word", "link: closed before it answered")


@dataclass(frozen=True)
class WatchedEd2k:
    """What a package says of one watched file of eD2k's."""

    size_bytes: int | None  # None: no list gives it


class EdonkeyJudge:
    """Works out what the bytes of one sighting bear out; used once."""

    def __init__(
        self, row: Row, transcripts: "list[RawTranscript]", watched: "WatchedEd2k | None"
    ) -> None:
        self._row, self._transcripts, self._watched = row, transcripts, watched
        self._digest = bytes.fromhex(row["identifier"])
        self._wrong: list[str] = []
        self._unknown: list[str] = []

    def judged(self) -> Judgement:
        says = self._statement()
        told_of = self._check_witnesses()
        self._compare_identity(says, told_of)
        self._compare_file(says)
        self._compare_grade(says)
        self._check_ends()
        return Judgement(tuple(self._wrong), tuple(dict.fromkeys(self._unknown)))

    # What the endpoint said.

    def _statement(self) -> "ClientSays | None":
        remote = joined(self._row["remote_address"], self._row["remote_port"])
        found = None
        for transcript in self._of("statement"):
            if transcript.remote != remote:
                self._wrong.append(f"a statement of {transcript.remote}, not of {remote}")
                continue
            plain = revealed(transcript)
            if plain is None:
                self._wrong.append("the recorded user hash does not open what the collector sent")
                continue
            says = self._hear(plain)
            if says.user_hash is not None:
                found = says
        return found

    def _hear(self, plain: RawTranscript) -> ClientSays:
        asked = questions_in(plain)
        if asked.strange:
            self._wrong.append(f"the collector said more than an observer may: {asked.strange[0]}")
        others = [digest for digest in asked.digests if digest != self._digest]
        if len(others) > 1:
            self._wrong.append("the collector asked for another file than the sighting names")
        control = others[0] if others else None
        if control is not None and not {*ABOUT_A_FILE} <= asked.digests[control]:
            self._wrong.append("the control question did not ask all that was asked of the file")
        says = hear_client(plain, self._digest, control)
        if says.content:
            self._wrong.append("the record holds the beginning of a part of a file")
        if says.control in ("refused", "echoes anything"):
            self._unknown.append(
                "that nobody shares the file of the control question: its hash is said to be random"
            )
        return says

    # Beside the claims.

    def _compare_identity(self, says: "ClientSays | None", told_of: "list[ToldOf]") -> None:
        row = self._row
        hashes = [one["value"] for one in row["user_ids"] if one["kind"] == "user_hash"]
        keys = [one["value"] for one in row["user_ids"] if one["kind"] == "secident_key"]
        if says is None:
            if row["client"] is not None or row["name"] is not None or keys:
                self._wrong.append("the endpoint is quoted, and its bytes hold no hello")
            told = {one.user_hash.hex() for one in told_of if one.user_hash is not None}
            if not told.issuperset(hashes):
                self._wrong.append("nobody told the user hash that is recorded")
        else:
            assert says.user_hash is not None
            if hashes != [says.user_hash.hex()]:
                self._wrong.append("the user hash is another one in the bytes")
            if keys != ([] if says.public_key is None else [says.public_key.hex()]):
                self._wrong.append("the public key is another one in the bytes")
            if says.software != row["client"]:
                self._wrong.append("the client names itself otherwise in the bytes")
        for one in row["user_ids"]:
            lasting = one["kind"] == "secident_key" or is_install(bytes.fromhex(one["value"]))
            if one["durable"] != lasting:
                self._wrong.append(f"whether {one['kind']} {one['value']} lasts is told wrongly")

    def _compare_file(self, says: "ClientSays | None") -> None:
        row = self._row
        name = None
        if says is not None and says.name is not None:
            name = says.name.decode("utf-8", "backslashreplace")[:_NAME_CHARACTERS]
        if row["name"] != name:
            self._wrong.append("the file's name is another one in the bytes")
        told_at = [microseconds(one["told_at"]) for one in row["told_by"]]
        if microseconds(row["seen_at"]) != (says.at_us if says is not None else max(told_at)):
            self._wrong.append("the instant is not the one at which the answer came")
        found, claimed = self._completeness(says), row["completeness"]
        if not self._size_is_needed(says):
            if (found is None) != (claimed is None) or (
                found is not None and abs(found - claimed) > _EXACT
            ):
                self._wrong.append(f"the bytes show a completeness of {found}, not {claimed}")
            if row["role"] != self._role(says, found):
                self._wrong.append(f"the bytes make the role {self._role(says, found)!r}")
        if row["completeness_bound"] != "exact":
            self._wrong.append("the completeness is 'exact' in the bytes")

    def _size_is_needed(self, says: "ClientSays | None") -> bool:
        """Whether a part map cannot be read for want of the file's size; it is noted, if so."""
        if says is None or not says.parts or self._watched is not None:
            return False
        self._unknown.append(
            "whether the part map is as long as this file asks for, and so how complete the file "
            "is: the file's size is not in the package"
        )
        return True

    def _completeness(self, says: "ClientSays | None") -> "float | None":
        """Per cent of the file's parts; None: no word of it, or a map that is not this file's."""
        if says is None or says.parts is None or says.refused:
            return None
        if not says.parts:
            return 100.0  # no map: all of it
        size = self._watched.size_bytes if self._watched else None
        if size is None:
            return 100.0 * says.held(says.parts) / says.parts
        if says.parts != size // _PART_BYTES + 1:
            return None
        parts = -(-size // _PART_BYTES) or says.parts  # an empty last part is not counted
        return 100.0 * says.held(parts) / parts

    @staticmethod
    def _role(says: "ClientSays | None", completeness: "float | None") -> str:
        if says is not None and says.refused:
            return "holding none"
        if says is None or completeness is None:
            return "unknown"
        if not says.parts:
            return "sharing the whole"
        return "downloading a part" if completeness else "holding none"

    def _compare_grade(self, says: "ClientSays | None") -> None:
        claimed, control = self._row["grade"], says.control if says else "not asked"
        if control != self._row["control"]:
            self._wrong.append(
                f"the control question was {control!r}, not {self._row['control']!r}"
            )
        expected = "heard"
        if says is not None:
            holds = bool(self._completeness(says))
            expected = "stated" if holds and control == "refused" else "reached"
        if claimed == expected:
            return
        if claimed == "reached" and expected == "stated" and self._size_is_needed(says):
            return  # the map may not be this file's
        self._wrong.append(f"the bytes make the grade {expected!r}, not {claimed!r}")

    def _check_ends(self) -> None:
        """Whether links ended as the doubts say, as far as their frames tell."""
        links = self._of("statement")
        if not links:
            return
        claims_a_close = any(one in self._row["doubts"] for one in _NO_END)
        closed = links[-1].closed_by_remote
        if claims_a_close and not closed:
            self._unknown.append(
                "that the peer closed the link, rather than staying silent: the record does not "
                "note the end of this link"
            )
        if closed and "link: silent" in self._row["doubts"]:
            self._wrong.append("the peer closed the link in the bytes, and is said to be silent")

    # Hearsay.

    def _check_witnesses(self) -> "list[ToldOf]":
        """Compare each witness with its bytes; give what was told of this endpoint."""
        host, port = self._row["remote_address"], self._row["remote_port"]
        remote = pack_address(host)[12:] + port.to_bytes(2, "big")
        found: list[ToldOf] = []
        for witness in self._row["told_by"]:
            where, means = joined(witness["address"], witness["port"]), witness["means"]
            if means == "given":
                self._unknown.append("why the operator named the peer itself")
                continue
            told = []
            for transcript in self._of("index"):
                if transcript.remote == where:
                    heard = hear_index(transcript, means, self._digest, witness)
                    self._wrong += heard.wrong
                    self._unknown += heard.unknown
                    told += [one for one in heard.told_of if one.where == remote]
            if not told:
                self._wrong.append(f"the witness {where} ({means}) does not name the peer")
            found += told
        named = {joined(one["address"], one["port"]) for one in self._row["told_by"]}
        for transcript in self._transcripts:
            known = transcript.purpose == "index" and transcript.remote in named
            if not known and transcript.purpose != "statement":
                self._wrong.append(f"nothing claimed rests on what {transcript.remote} sent")
        self._compare_size(found)
        return found

    def _compare_size(self, told_of: "list[ToldOf]") -> None:
        sizes = {one.size_bytes for one in told_of if one.size_bytes is not None}
        if self._row["size_bytes"] != (sizes.pop() if len(sizes) == 1 else None):
            self._wrong.append("the file's size is not the one that indexes told")

    def _of(self, purpose: str) -> "list[RawTranscript]":
        return [one for one in self._transcripts if one.purpose == purpose]
