"""What was received about a peer becomes observations, and nothing cleverer.

One peer, one torrent, one turn: an observation for each watched file of the torrent, at the
strongest grade that the bytes carry, with all witnesses and the raw exchange beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from luzeiro.networks.bittorrent.session.inquiry import Inquiry
from luzeiro.networks.bittorrent.session.pieces import Statement
from luzeiro.networks.bittorrent.watch import WatchedFile
from luzeiro.observations import exchange
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.exchange import Transcript
from luzeiro.observations.grade import Control, grade
from luzeiro.observations.identifiers import Identifier
from luzeiro.observations.record import (
    Bound,
    Observation,
    OpenedBy,
    PortKind,
    Role,
    UserId,
    Witness,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class PeerTurn:
    """All that one turn brought about one peer of one torrent."""

    peer: Endpoint
    identifier: Identifier
    witnesses: tuple[Witness, ...]
    hearsay: tuple[Transcript, ...]  # what the witnesses sent
    asked_at_us: int  # when the first witness was asked
    inquiry: Inquiry | None  # None: heard of, not asked


def utc(at_us: int) -> datetime:
    """Microseconds since 1970 as a UTC instant, exactly."""
    return _EPOCH + timedelta(microseconds=at_us)


def observe(
    turn: PeerTurn, files: Sequence[WatchedFile], piece_count: int | None
) -> list[Observation]:
    """Give one observation for each watched file.

    Args:
        turn: what the peer and its witnesses sent.
        files: the watched files of the torrent.
        piece_count: of the whole torrent; None where no checked map gives it.
    """
    return [_observe_file(turn, file, piece_count) for file in files]


def _observe_file(turn: PeerTurn, file: WatchedFile, piece_count: int | None) -> Observation:
    inquiry = turn.inquiry
    statement = inquiry.statement if inquiry else None
    control = inquiry.control if inquiry else Control.NOT_ASKED
    transcripts = turn.hearsay + (inquiry.transcripts if inquiry else ())
    asked = inquiry is not None and inquiry.own is not None
    return Observation(
        network="bittorrent",
        remote=turn.peer,
        port_kind=PortKind.LISTENING,  # we opened every link, to the port that it listens on
        opened_by=OpenedBy.US if asked else OpenedBy.NOBODY,
        own=inquiry.own if inquiry else None,
        started_at=utc(inquiry.started_at_us if inquiry and asked else turn.asked_at_us),
        seen_at=utc(_decided_at_us(turn, statement)),
        identifier=turn.identifier,
        file_index=file.index,
        completeness=_completeness(statement, file, piece_count),
        completeness_bound=statement.bound if statement else Bound.EXACT,
        role=_role(statement, piece_count),
        user_ids=(UserId("peer_id", statement.peer_id, durable=False),) if statement else (),
        client=statement.client if statement else None,
        told_by=turn.witnesses,
        grade=grade(
            answered=statement is not None,
            holds_some=_holds_some(statement, file, piece_count),
            control=control,
        ),
        control=control,
        doubts=_doubts(inquiry, file),
        exchange=exchange.encode(transcripts),
    )


def _decided_at_us(turn: PeerTurn, statement: Statement | None) -> int:
    if statement is not None:
        return statement.stated_at_us
    return max((_microseconds(witness.told_at) for witness in turn.witnesses), default=0)


def _microseconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


def _held(statement: Statement, file: WatchedFile, piece_count: int | None) -> int:
    """Count the pieces of the file that the peer says it holds; of the torrent if it is no file."""
    if file.index is not None:
        return statement.held(file.first_piece, file.last_piece)
    if piece_count:
        return statement.held(0, piece_count - 1)
    return 1 if statement.holds_some else 0


def _holds_some(statement: Statement | None, file: WatchedFile, piece_count: int | None) -> bool:
    """Whether the peer says that it holds some of this file, and not only of its neighbours.

    A piece that reaches into two files comes with either. So the pieces that are the file's alone
    decide, where it has any.
    """
    if statement is None:
        return False
    if file.index is not None and file.first_own <= file.last_own:
        return statement.held(file.first_own, file.last_own) > 0
    return _held(statement, file, piece_count) > 0


def _completeness(
    statement: Statement | None, file: WatchedFile, piece_count: int | None
) -> float | None:
    """Say how much of the file is stated, in per cent of its pieces.

    It is the peer's statement about pieces, carried no further: a v1 torrent's piece may reach into
    the next file.
    """
    if statement is None:
        return None
    if statement.has_all(piece_count):
        return 100.0
    total = file.last_piece - file.first_piece + 1 if file.index is not None else piece_count
    if not total:
        return None
    return 100.0 * _held(statement, file, piece_count) / total


def _role(statement: Statement | None, piece_count: int | None) -> Role:
    if statement is None:
        return Role.UNKNOWN
    if statement.has_all(piece_count):
        return Role.SHARING_WHOLE
    if statement.bound is Bound.AT_LEAST or statement.upload_only:
        return Role.UNKNOWN  # a super-seeder, or done with the part that it wanted (BEP 21)
    return Role.DOWNLOADING_PART if statement.holds_some else Role.HOLDING_NONE


def _doubts(inquiry: Inquiry | None, file: WatchedFile) -> tuple[str, ...]:
    if inquiry is None:
        return ()
    doubts: tuple[str, ...] = (f"link: {inquiry.fault}",) if inquiry.fault else ()
    if inquiry.statement and file.index is not None and file.last_own < file.first_own:
        doubts += ("every piece of the file is shared with another file",)
    return doubts + inquiry.doubts
