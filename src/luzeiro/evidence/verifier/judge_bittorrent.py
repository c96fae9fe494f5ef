"""What the raw bytes of a BitTorrent sighting bear out, beside what the collector claimed.

What bytes cannot decide: that a link was closed (where no frame says so), that a peer was silent,
which key was asked for in an encrypted control question.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from luzeiro.evidence.verifier.bittorrent import (
    PeerSays,
    ProtocolError,
    compact,
    own_extensions,
    pieces_of_info,
    read_node,
    read_peer,
    read_query,
)
from luzeiro.evidence.verifier.exchange import RECEIVED, SENT, RawTranscript
from luzeiro.evidence.verifier.judgement import Judgement, joined
from luzeiro.evidence.verifier.mse import MseError, PlainLink, decrypt_link, peer_sent_its_key
from luzeiro.evidence.verifier.sighting import Row, pack_address

# What an observer may say on a peer wire link, and nothing else.
_MAY_SAY = frozenset({"have none", "extension handshake", "ut_metadata"})
_CUT_LIMIT = 1e-9  # completeness is a quotient of two whole numbers


@dataclass(frozen=True)
class WatchedFile:
    """What a package says of one watched file: its torrent's identifiers and its run of pieces."""

    wire_infohashes: tuple[bytes, ...]  # 20 bytes each: btih, and btmh cut
    piece_count: int | None  # of the torrent; None: no vetted .torrent gave it
    first_piece: int
    last_piece: int
    first_own: int
    last_own: int


@dataclass(frozen=True)
class _Statement:
    says: PeerSays
    said: PeerSays  # by us
    info: bytes  # metadata that fits the infohash


class BittorrentJudge:
    """Works out what the bytes of one sighting bear out; used once."""

    def __init__(
        self, row: Row, transcripts: list[RawTranscript], watched: WatchedFile | None
    ) -> None:
        self._row, self._transcripts, self._watched = row, transcripts, watched
        self._asked = bytes.fromhex(row["identifier"])[:20]
        self._known = watched.wire_infohashes if watched else (self._asked,)
        self._wrong: list[str] = []
        self._unknown: list[str] = []

    def judged(self) -> Judgement:
        statement = self._statement()
        control = self._control()
        self._compare_statement(statement)
        self._compare_grade(statement, control)
        self._check_witnesses()
        return Judgement(tuple(self._wrong), tuple(dict.fromkeys(self._unknown)))

    # What the endpoint said.

    def _statement(self) -> _Statement | None:
        remote = joined(self._row["remote_address"], self._row["remote_port"])
        found = None
        for transcript in self._of("statement"):
            if transcript.remote != remote:
                self._wrong.append(f"a statement of {transcript.remote}, not of {remote}")
                continue
            plain = self._plain(transcript, self._asked)
            if plain is None:
                continue
            ours = read_peer(plain.sent)
            says = read_peer(plain.received, own_extensions(plain.sent))
            said = read_peer(plain.sent, own_extensions(plain.received))
            self._check_said(said, ours)
            if says.infohash is not None and says.infohash in (self._asked, *self._known):
                found = _Statement(says, said, says.metadata)
        return found

    def _check_said(self, said: PeerSays, ours: PeerSays) -> None:
        if ours.infohash is not None and ours.infohash != self._asked:
            self._wrong.append("the collector asked for another infohash than the sighting names")
        strange = [message for message in said.messages if message not in _MAY_SAY]
        if strange:
            self._wrong.append(f"the collector said more than an observer may: {strange[0]}")

    def _plain(self, transcript: RawTranscript, infohash: bytes) -> PlainLink | None:
        if transcript.transport != "tcp+mse":
            return PlainLink(transcript.received(), transcript.sent())
        if not peer_sent_its_key(transcript.received()):
            return None
        try:
            return decrypt_link(
                transcript.received(), transcript.sent(), transcript.secret, infohash
            )
        except MseError:
            # The peer may have hung up between its key and its answer: then nothing was said.
            return None

    # The control question.

    def _control(self) -> str:
        """What the bytes show of it: one of the record's words, or "" where they cannot tell."""
        shown = ""
        for transcript in self._of("control"):
            received = transcript.received()
            if transcript.transport == "tcp+mse":
                shown = self._encrypted_control(transcript)
                continue
            asked = read_peer(transcript.sent()).infohash
            if asked is None or asked in (self._asked, *self._known):
                self._wrong.append("the control question did not ask for a random identifier")
                continue
            echoed = read_peer(received).infohash
            if echoed is not None:
                shown = "echoes anything" if echoed == asked else "refused"
            elif not received and transcript.closed_by_remote:
                shown = "refused"
            elif received:
                shown = "unanswered"
        return shown

    def _encrypted_control(self, transcript: RawTranscript) -> str:
        if not peer_sent_its_key(transcript.received()):
            return "unanswered"
        bare = 96 <= len(transcript.received()) <= 96 + 512
        if transcript.closed_by_remote and bare:
            return "refused"  # after the key exchange, so it had learnt what was asked for
        self._unknown.append(
            "what was answered to the encrypted control question: the random identifier that would "
            "decrypt it is not in the record"
        )
        return ""

    # Beside the claims.

    def _compare_statement(self, statement: _Statement | None) -> None:
        row = self._row
        if statement is None:
            if row["completeness"] is not None or row["client"] is not None or row["user_ids"]:
                self._wrong.append("the endpoint is quoted, and its bytes hold no handshake")
            return
        says = statement.says
        ids = [one["value"] for one in row["user_ids"] if one["kind"] == "peer_id"]
        if ids != [says.peer_id.hex()]:
            self._wrong.append("the peer_id is another one in the bytes")
        if says.client != row["client"]:
            self._wrong.append("the client names itself otherwise in the bytes")
        self._compare_completeness(statement)

    def _compare_completeness(self, statement: _Statement) -> None:
        count = self._piece_count(statement)
        whole = self._row["file_index"] is None
        if self._watched is None or (whole and count is None and not statement.says.all_pieces):
            if self._row["completeness"] is not None or statement.says.pieces:
                self._unknown.append(
                    "how complete the file is: the torrent's number of pieces is not in the package"
                )
            return
        found = _completeness(statement.says, self._watched, self._row["file_index"], count)
        claimed = self._row["completeness"]
        if (found is None) != (claimed is None) or (
            found is not None and abs(found - claimed) > _CUT_LIMIT
        ):
            self._wrong.append(f"the bytes show a completeness of {found}, not {claimed}")
        bound = "exact" if statement.says.told_whole else "at least"
        if bound != self._row["completeness_bound"]:
            self._wrong.append(f"the completeness is {bound!r} in the bytes")

    def _compare_grade(self, statement: _Statement | None, control: str) -> None:
        claimed, claimed_control = self._row["grade"], self._row["control"]
        asked = any(True for _ in self._of("control"))
        if control and control != claimed_control:
            self._wrong.append(f"the control question was {control!r}, not {claimed_control!r}")
        if not asked and claimed_control in ("refused", "echoes anything"):
            self._wrong.append(f"the control is {claimed_control!r}, and no such link is recorded")
        if asked and not control and claimed_control == "refused":
            self._unknown.append(
                "that the peer closed the control link, rather than staying silent: a link that is "
                "closed leaves no bytes, and the record does not note its end"
            )
        holds = self._holds_some(statement)
        expected = "heard"
        if statement is not None:
            expected = "stated" if holds and claimed_control == "refused" else "reached"
        if holds is None:
            if claimed == "heard":
                self._wrong.append("the grade is 'heard', and the endpoint itself spoke")
            self._unknown.append("whether the pieces named are this file's: no map of it is given")
        elif claimed != expected:
            self._wrong.append(f"the bytes make the grade {expected!r}, not {claimed!r}")

    def _holds_some(self, statement: _Statement | None) -> bool | None:
        if statement is None:
            return False
        says, watched = statement.says, self._watched
        if not says.all_pieces and not says.pieces:
            return False
        if self._row["file_index"] is None:
            return True
        if watched is None:
            return None
        own = watched.first_own <= watched.last_own
        first, last = (
            (watched.first_own, watched.last_own)
            if own
            else (watched.first_piece, watched.last_piece)
        )
        return _held(says, first, last) > 0

    def _piece_count(self, statement: _Statement) -> int | None:
        if self._watched is not None and self._watched.piece_count is not None:
            return self._watched.piece_count
        info, wanted = statement.info, (self._asked, *self._known)
        digests = (
            hashlib.sha1(info, usedforsecurity=False).digest(),
            hashlib.sha256(info).digest()[:20],
        )
        return pieces_of_info(info) if any(one in wanted for one in digests) else None

    # Hearsay.

    def _check_witnesses(self) -> None:
        remote = compact(pack_address(self._row["remote_address"]), self._row["remote_port"])
        for witness in self._row["told_by"]:
            where = joined(witness["address"], witness["port"])
            if witness["means"] == "given":
                self._unknown.append("why the operator named the peer itself")
                continue
            told = [one for one in self._of("index") if one.remote == where]
            if witness["means"] == "dht":
                node = bytes.fromhex(witness["node_id"])
                if not any(self._node_told(one, node, remote) for one in told):
                    self._wrong.append(f"the DHT node {where} does not name the peer in its bytes")
            elif witness["means"] == "pex":
                self._check_pex(told, where, remote)

    def _node_told(self, transcript: RawTranscript, node: bytes, remote: bytes) -> bool:
        try:
            sent = [one.data for one in transcript.frames if one.direction == SENT]
            came = [one.data for one in transcript.frames if one.direction == RECEIVED]
            asked = [read_query(one) for one in sent]
            answers = [read_node(one) for one in came]
        except ProtocolError:
            return False
        ids = {transaction for transaction, _, infohash in asked if infohash in self._known}
        return any(
            answer.node_id == node
            and answer.transaction_id in ids
            and _names(answer.values, remote)
            for answer in answers
        )

    def _check_pex(self, told: list[RawTranscript], where: str, remote: bytes) -> None:
        for transcript in told:
            for infohash in dict.fromkeys((self._asked, *self._known)):
                plain = self._plain(transcript, infohash)
                if plain is None:
                    continue
                if remote in read_peer(plain.received, own_extensions(plain.sent)).peers:
                    return
        if told:
            self._wrong.append(f"the peer {where} does not tell of this one in its bytes")
        else:
            self._unknown.append(f"what {where} said by peer exchange: it is not in this exchange")

    def _of(self, purpose: str) -> list[RawTranscript]:
        return [one for one in self._transcripts if one.purpose == purpose]


def _names(values: Iterable[bytes], remote: bytes) -> bool:
    mapped = bytes(10) + b"\xff\xff"
    return any(one.removeprefix(mapped) == remote for one in values)


def _held(says: PeerSays, first: int, last: int) -> int:
    if says.all_pieces:
        return last - first + 1
    return sum(1 for piece in says.pieces if first <= piece <= last)


def _completeness(
    says: PeerSays, watched: WatchedFile, file_index: int | None, count: int | None
) -> float | None:
    if says.all_pieces or (count and _held(says, 0, count - 1) == count):
        return 100.0
    if file_index is None:
        return 100.0 * _held(says, 0, count - 1) / count if count else None
    total = watched.last_piece - watched.first_piece + 1
    return 100.0 * _held(says, watched.first_piece, watched.last_piece) / total
