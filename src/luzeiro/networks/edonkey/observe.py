"""What was received about a sharer becomes an observation, and nothing cleverer.

One sharer, one file, one turn: one observation, at the strongest grade that the bytes carry, with
all witnesses and the raw exchange beside it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from luzeiro.networks.edonkey.session.heard import UNKNOWN_ADDRESS, HeardSource
from luzeiro.networks.edonkey.session.inquiry import Inquiry
from luzeiro.networks.edonkey.session.statement import Statement, user_hash_form
from luzeiro.networks.edonkey.watch import WatchedEd2kFile
from luzeiro.observations import exchange
from luzeiro.observations.exchange import Transcript
from luzeiro.observations.grade import Control, grade
from luzeiro.observations.record import Observation, OpenedBy, PortKind, Role, UserId, Witness

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NAME_CHARACTERS = 255  # kept of a file name as stated
USER_HASH, KEY = "user_hash", "secident_key"


@dataclass(frozen=True, slots=True)
class SharerTurn:
    """All that one turn brought about one sharer of one file."""

    source: HeardSource
    inquiry: Inquiry | None  # None: heard of, not asked


def utc(at_us: int) -> datetime:
    """Microseconds since 1970 as a UTC instant, exactly."""
    return _EPOCH + timedelta(microseconds=at_us)


def observe(turn: SharerTurn, file: WatchedEd2kFile) -> Observation:
    """Give the observation of one sharer.

    Args:
        turn: what the sharer and its witnesses sent.
        file: the watched file.
    """
    inquiry = turn.inquiry
    statement = inquiry.statement if inquiry else None
    control = inquiry.control if inquiry else Control.NOT_ASKED
    asked = inquiry is not None and inquiry.own is not None
    (identifier,) = file.identifiers
    return Observation(
        network="edonkey",
        remote=turn.source.endpoint,
        port_kind=PortKind.LISTENING,  # we open every link, to the port that it listens on
        opened_by=OpenedBy.US if asked else OpenedBy.NOBODY,
        own=inquiry.own if inquiry else None,
        started_at=utc(inquiry.started_at_us if inquiry and asked else _first_asked_us(turn)),
        seen_at=utc(statement.stated_at_us if statement else _last_told_us(turn)),
        identifier=identifier,
        file_index=None,
        size_bytes=_size_as_told(turn.source),
        name=_name(statement),
        completeness=statement.completeness(file) if statement else None,
        role=_role(statement, file),
        user_ids=_user_ids(turn.source, statement),
        client=statement.hello.client if statement else None,
        told_by=tuple(
            Witness(telling.teller, telling.means, utc(telling.told_at_us), telling.node_id)
            for _, telling in turn.source.told
        ),
        grade=grade(
            answered=statement is not None,
            holds_some=statement is not None and statement.holds_some(file),
            control=control,
        ),
        control=control,
        doubts=_doubts(turn, statement, file),
        exchange=exchange.encode(_transcripts(turn)),
    )


def _transcripts(turn: SharerTurn) -> tuple[Transcript, ...]:
    """What the witnesses sent, each datagram once, then the links to the sharer itself."""
    told = [telling.transcript for _, telling in turn.source.told if telling.transcript]
    return (*dict.fromkeys(told), *(turn.inquiry.transcripts if turn.inquiry else ()))


def _first_asked_us(turn: SharerTurn) -> int:
    return min(telling.asked_at_us for _, telling in turn.source.told)


def _last_told_us(turn: SharerTurn) -> int:
    return max(telling.told_at_us for _, telling in turn.source.told)


def _size_as_told(source: HeardSource) -> int | None:
    """The file's size as the sharer told an index, where all who know it say the same."""
    sizes = {told.size_bytes for told, _ in source.told if told.size_bytes is not None}
    return sizes.pop() if len(sizes) == 1 else None


def _name(statement: Statement | None) -> str | None:
    if statement is None or statement.name is None:
        return None
    return statement.name.decode("utf-8", "backslashreplace")[:NAME_CHARACTERS]


def _role(statement: Statement | None, file: WatchedEd2kFile) -> Role:
    if statement is None:
        return Role.UNKNOWN
    if statement.refused:
        return Role.HOLDING_NONE
    share = statement.completeness(file)
    if share is None:
        return Role.UNKNOWN
    if statement.status is not None and not statement.status.part_count:
        return Role.SHARING_WHOLE
    return Role.DOWNLOADING_PART if share else Role.HOLDING_NONE


def _user_ids(source: HeardSource, statement: Statement | None) -> tuple[UserId, ...]:
    """The user hash that it gave itself; where it did not speak, those that indexes told."""
    if statement is None:
        return tuple(_user_id(one) for one in source.user_hashes)
    stated = _user_id(statement.hello.user_hash)
    if statement.public_key is None:
        return (stated,)
    # Shown, not proven: a signature would take a key of ours. It is kept from run to run.
    return stated, UserId(KEY, statement.public_key, durable=True)


def _user_id(user_hash: bytes) -> UserId:
    return UserId(USER_HASH, user_hash, durable=user_hash_form(user_hash) is not None)


def _doubts(
    turn: SharerTurn, statement: Statement | None, file: WatchedEd2kFile
) -> tuple[str, ...]:
    doubts = list(turn.source.paths)
    if turn.source.address[:4] == UNKNOWN_ADDRESS:
        doubts.append("address unknown")
    if turn.inquiry is not None:
        if turn.inquiry.fault:
            doubts.append(f"link: {turn.inquiry.fault}")
        doubts += turn.inquiry.doubts
    if statement is not None:
        doubts += _doubts_of_statement(turn.source, statement, file)
    elif len(turn.source.user_hashes) > 1:
        doubts.append("told under several user hashes")
    return tuple(dict.fromkeys(doubts))


def _doubts_of_statement(
    source: HeardSource, statement: Statement, file: WatchedEd2kFile
) -> list[str]:
    doubts = []
    user_hash = statement.hello.user_hash
    if user_hash_form(user_hash) is None:
        doubts.append("user hash of no known form")
    if source.user_hashes and user_hash not in source.user_hashes:
        doubts.append("user hash differs from the one told")
    if not statement.fits(file):
        doubts.append("part map does not fit the size")
    if statement.refused and statement.status is not None:
        doubts.append("both stated and refused the file")
    return doubts
