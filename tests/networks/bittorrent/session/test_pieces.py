import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.networks.bittorrent.session.pieces import PieceSet, Statement
from luzeiro.networks.bittorrent.wire.peerwire import (
    PIECES_LIMIT,
    Aside,
    Bitfield,
    Have,
    HaveAll,
    HoldsNone,
    Message,
)
from luzeiro.networks.kit.errors import WireError
from luzeiro.observations.record import Bound


def told(*messages: Message, count: int | None = 20) -> PieceSet:
    pieces = PieceSet(count)
    for message in messages:
        pieces.hear(message)
    return pieces


def statement(bits: bytes = b"", *, said_all: bool = False) -> Statement:
    return Statement(
        stated_at_us=0,
        peer_id=bytes(20),
        reserved=bytes(8),
        bits=bits,
        said_all=said_all,
        bound=Bound.EXACT,
        client=None,
        upload_only=None,
        listen_port=None,
        metadata_size=None,
        encrypted=False,
    )


def test_a_bitfield_says_all_there_is_and_single_haves_only_add() -> None:
    assert told(Bitfield(b"\xff\x00\x00")).bound is Bound.EXACT
    assert told(Bitfield(b"\xff\x00\x00"), Have(19)).bits == b"\xff\x00\x10"
    assert told(Have(3)).bound is Bound.AT_LEAST
    assert told(HoldsNone(), Have(3), Have(19)).bits == b"\x10\x00\x10"
    assert told(HoldsNone()).bound is Bound.AT_LEAST


@pytest.mark.parametrize(
    "messages",
    [
        (HaveAll(),),
        (Bitfield(b"\xff\xff\xf0"),),
        (Bitfield(b"\xff\xff\xe0"), Have(19)),
        (Bitfield(b"\xff\xff\xe0"), Have(5), Have(19)),
        tuple(map(Have, range(20))),
    ],
)
def test_it_is_complete_once_every_piece_is_named(messages: tuple[Message, ...]) -> None:
    assert told(*messages).complete
    if not isinstance(messages[-1], HaveAll):
        assert not told(*messages[:-1]).complete


def test_a_piece_named_twice_counts_once() -> None:
    assert not told(Bitfield(b"\xff\xff\x00"), *[Have(16)] * 4).complete


def test_without_the_count_only_have_all_is_complete() -> None:
    assert not told(Bitfield(b"\xff\xff\xff"), count=None).complete
    assert told(HaveAll(), count=None).complete


def test_a_peers_last_word_counts() -> None:
    assert told(HaveAll(), Bitfield(b"\x80\x00\x00")).bits == b"\x80\x00\x00"
    assert not told(HaveAll(), Bitfield(b"\x80\x00\x00")).said_all
    contradiction = told(HaveAll(), HoldsNone())
    assert not contradiction.said_all
    assert contradiction.bound is Bound.AT_LEAST
    assert told(Bitfield(b"\xff\xff\xf0"), HoldsNone()).bits == b""


def test_only_words_about_pieces_are_words_about_pieces() -> None:
    pieces = PieceSet(20)
    assert pieces.hear(HoldsNone())
    assert pieces.hear(Have(1))
    assert not pieces.hear(Aside(1))


@pytest.mark.parametrize(
    "message", [Bitfield(b"\xff\xff"), Bitfield(bytes(4)), Bitfield(b"\0\0\x08"), Have(20)]
)
def test_what_does_not_fit_the_torrent_is_refused(message: Message) -> None:
    with pytest.raises(WireError, match="BEP 3"):
        told(message)


def test_without_the_count_pieces_are_bounded_all_the_same() -> None:
    assert told(Have(PIECES_LIMIT - 1), count=None).bits.endswith(b"\x01")
    with pytest.raises(WireError, match="HAVE of piece"):
        told(Have(PIECES_LIMIT), count=None)


@given(st.sets(st.integers(0, 99)), st.integers(0, 99), st.integers(0, 99))
def test_held_counts_the_pieces_of_a_run(held: set[int], first: int, last: int) -> None:
    stated = statement(told(*map(Have, held), count=100).bits)
    if first <= last:
        assert stated.held(first, last) == len(held & set(range(first, last + 1)))
    assert stated.holds_some == bool(held)
    assert stated.has_all(100) == (len(held) == 100)


def test_who_said_all_holds_every_run() -> None:
    stated = statement(said_all=True)
    assert stated.held(5, 9) == 5
    assert stated.holds_some
    assert stated.has_all(None)


def test_a_full_bitfield_is_not_all_where_the_count_is_unknown() -> None:
    assert not statement(b"\xff").has_all(None)
    assert statement(b"\xff").has_all(8)


def test_a_run_of_no_pieces_holds_none() -> None:
    assert statement(b"\xff\xff").held(8, 7) == statement(said_all=True).held(8, 7) == 0
