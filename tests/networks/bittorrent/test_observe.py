from dataclasses import replace

import pytest

from luzeiro.networks.bittorrent.observe import PeerTurn, observe, utc
from luzeiro.networks.bittorrent.session.inquiry import Inquiry
from luzeiro.networks.bittorrent.session.pieces import Statement
from luzeiro.networks.bittorrent.watch import WHOLE_TORRENT, WatchedFile
from luzeiro.observations import exchange
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.exchange import Direction, Frame, Purpose, Transcript
from luzeiro.observations.grade import Control, Grade
from luzeiro.observations.identifiers import Identifier, IdentifierKind
from luzeiro.observations.record import Bound, Observation, OpenedBy, PortKind, Role, Witness

PEER, OWN = Endpoint.parse("192.0.2.1", 6881), Endpoint.parse("198.51.100.7", 40000)
BTIH = Identifier(IdentifierKind.BTIH, b"\x11" * 20)
WITNESSES = tuple(
    Witness(Endpoint.parse("203.0.113.5", 6881), "dht", utc(at_us)) for at_us in (2_000, 3_000)
)
FIRST = WatchedFile(0, 0, 4, 0, 3)  # 20 pieces in all; piece 4 reaches into the next file
SECOND = WatchedFile(1, 4, 9, 5, 9)
INNER = WatchedFile(2, 4, 4, 5, 3)  # wholly inside piece 4
COUNT = 20

STATEMENT = Statement(
    stated_at_us=7_000,
    peer_id=b"-XX0000-invented-id.",
    reserved=bytes(8),
    bits=b"",
    said_all=True,
    bound=Bound.EXACT,
    client="Invented 1.0",
    upload_only=None,
    listen_port=None,
    metadata_size=None,
    encrypted=False,
)


def holding(*pieces: int, bound: Bound = Bound.EXACT) -> Statement:
    bits = bytearray(3)
    for piece in pieces:
        bits[piece // 8] |= 0x80 >> piece % 8
    return replace(STATEMENT, said_all=False, bits=bytes(bits), bound=bound)


def transcript(purpose: Purpose, at_us: int) -> Transcript:
    return Transcript(purpose, "tcp", str(OWN), str(PEER), (Frame(Direction.SENT, at_us, b"x"),))


def inquiry(
    statement: Statement | None = STATEMENT,
    control: Control = Control.REFUSED,
    fault: str | None = None,
    own: Endpoint | None = OWN,
) -> Inquiry:
    return Inquiry(
        remote=PEER,
        own=own,
        started_at_us=5_000,
        transcripts=(transcript(Purpose.STATEMENT, 6_000),) if own else (),
        statement=statement,
        control=control,
        heard=(),
        metadata=None,
        fault=fault,
        doubts=(),
    )


def seen(
    asked: Inquiry | None, file: WatchedFile = FIRST, piece_count: int | None = COUNT
) -> Observation:
    hearsay = (transcript(Purpose.INDEX, 2_000),)
    turn = PeerTurn(PEER, BTIH, WITNESSES, hearsay, 1_000, asked)
    (observation,) = observe(turn, [file], piece_count)
    return observation


def test_who_states_that_it_holds_all_is_recorded_with_what_supports_it() -> None:
    found = seen(inquiry())
    assert (found.grade, found.completeness, found.role) == (
        Grade.STATED,
        100.0,
        Role.SHARING_WHOLE,
    )
    assert (found.remote, found.port_kind, found.opened_by) == (
        PEER,
        PortKind.LISTENING,
        OpenedBy.US,
    )
    assert (found.own, found.started_at, found.seen_at) == (OWN, utc(5_000), utc(7_000))
    assert (found.identifier, found.file_index, found.told_by) == (BTIH, 0, WITNESSES)
    assert (found.client, found.user_ids[0].value) == ("Invented 1.0", b"-XX0000-invented-id.")
    assert not found.user_ids[0].durable
    purposes = [each.purpose for each in exchange.decode(found.exchange)]
    assert purposes == [Purpose.INDEX, Purpose.STATEMENT]


def test_each_watched_file_has_an_observation_of_its_own() -> None:
    turn = PeerTurn(PEER, BTIH, WITNESSES, (), 1_000, inquiry(holding(0, 1, 2, 3, 4)))
    found = observe(turn, [FIRST, SECOND], COUNT)
    assert [(each.file_index, each.grade) for each in found] == [
        (0, Grade.STATED),
        (1, Grade.REACHED),
    ]


@pytest.mark.parametrize(
    ("pieces", "completeness"),
    [((0, 1, 2, 3, 4), 100.0), ((0,), 20.0), ((1, 3, 9), 40.0), ((19,), 0.0), ((), 0.0)],
)
def test_completeness_is_the_share_of_the_files_pieces(
    pieces: tuple[int, ...], completeness: float
) -> None:
    assert seen(inquiry(holding(*pieces))).completeness == completeness


@pytest.mark.parametrize(
    ("file", "pieces", "grade"),
    [
        (FIRST, (4,), Grade.REACHED),  # it may have come with the next file
        (FIRST, (3,), Grade.STATED),
        (SECOND, (4,), Grade.REACHED),
        (SECOND, (9,), Grade.STATED),
        (INNER, (4,), Grade.STATED),  # the file has no piece that is its alone
        (INNER, (3, 5), Grade.REACHED),
    ],
)
def test_a_shared_piece_decides_only_where_the_file_has_no_other(
    file: WatchedFile, pieces: tuple[int, ...], grade: Grade
) -> None:
    assert seen(inquiry(holding(*pieces)), file).grade is grade


def test_a_file_that_shares_every_piece_carries_a_doubt() -> None:
    doubt = "every piece of the file is shared with another file"
    assert seen(inquiry(holding(4)), INNER).doubts == (doubt,)
    assert seen(inquiry(holding(4)), FIRST).doubts == ()


@pytest.mark.parametrize(
    ("statement", "role"),
    [
        (STATEMENT, Role.SHARING_WHOLE),
        (holding(*range(20)), Role.SHARING_WHOLE),
        (holding(19), Role.DOWNLOADING_PART),
        (holding(), Role.HOLDING_NONE),
        (holding(3, bound=Bound.AT_LEAST), Role.UNKNOWN),  # as a super-seeder speaks
        (holding(bound=Bound.AT_LEAST), Role.UNKNOWN),
        (replace(holding(3), upload_only=True), Role.UNKNOWN),
        (None, Role.UNKNOWN),
    ],
)
def test_the_role_goes_no_further_than_the_statement(
    statement: Statement | None, role: Role
) -> None:
    assert seen(inquiry(statement)).role is role


def test_a_super_seeders_completeness_is_a_lower_bound() -> None:
    found = seen(inquiry(holding(2, bound=Bound.AT_LEAST)))
    assert (found.completeness, found.completeness_bound) == (20.0, Bound.AT_LEAST)
    assert found.grade is Grade.STATED


@pytest.mark.parametrize(
    ("control", "grade"),
    [
        (Control.REFUSED, Grade.STATED),
        (Control.ECHOES_ANYTHING, Grade.REACHED),
        (Control.UNANSWERED, Grade.REACHED),
        (Control.NOT_ASKED, Grade.REACHED),
    ],
)
def test_only_a_refused_control_lets_a_statement_count(control: Control, grade: Grade) -> None:
    found = seen(inquiry(control=control))
    assert (found.grade, found.control) == (grade, control)


def test_who_was_heard_of_and_not_asked_is_hearsay() -> None:
    found = seen(None)
    assert (found.grade, found.control) == (Grade.HEARD, Control.NOT_ASKED)
    assert (found.own, found.opened_by) == (None, OpenedBy.NOBODY)
    assert (found.completeness, found.role, found.user_ids) == (None, Role.UNKNOWN, ())
    assert (found.started_at, found.seen_at) == (utc(1_000), utc(3_000))
    assert [each.purpose for each in exchange.decode(found.exchange)] == [Purpose.INDEX]


def test_who_could_not_be_reached_stays_hearsay_and_says_why() -> None:
    found = seen(inquiry(None, Control.NOT_ASKED, "refused connection", own=None))
    assert (found.grade, found.opened_by) == (Grade.HEARD, OpenedBy.NOBODY)
    assert found.doubts == ("link: refused connection",)
    assert (found.started_at, found.seen_at) == (utc(1_000), utc(3_000))


def test_who_was_reached_but_gave_no_handshake_stays_hearsay() -> None:
    found = seen(inquiry(None, Control.NOT_ASKED, "closed without a word"))
    assert (found.grade, found.opened_by) == (Grade.HEARD, OpenedBy.US)


def test_without_a_map_the_torrent_as_a_whole_is_judged() -> None:
    some = seen(inquiry(holding(7)), WHOLE_TORRENT, None)
    assert (some.grade, some.completeness, some.file_index) == (Grade.STATED, None, None)
    none = seen(inquiry(holding()), WHOLE_TORRENT, None)
    assert (none.grade, none.completeness) == (Grade.REACHED, None)
    assert seen(inquiry(), WHOLE_TORRENT, None).completeness == 100.0
    assert seen(inquiry(holding(7)), WHOLE_TORRENT, COUNT).completeness == 5.0


def test_a_fault_after_the_statement_is_a_doubt_about_it() -> None:
    found = seen(inquiry(fault="content sent unasked", control=Control.NOT_ASKED))
    assert (found.grade, found.doubts) == (Grade.REACHED, ("link: content sent unasked",))


def test_microseconds_become_utc_instants_exactly() -> None:
    assert utc(1_700_000_000_123_457).isoformat() == "2023-11-14T22:13:20.123457+00:00"
