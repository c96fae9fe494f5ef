from dataclasses import replace

import pytest

from luzeiro.networks.bittorrent.session import link as links
from luzeiro.networks.bittorrent.session.inquiry import Asking, control_answer
from luzeiro.networks.bittorrent.session.link import LinkPlan, LinkSettings, PeerLink
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.exchange import Purpose
from luzeiro.observations.grade import Control
from tests.networks.bittorrent.session.test_link import (
    CHANCE,
    FULL,
    INFOHASH,
    PIECE_HEADER,
    PLAN,
    extended,
    hello,
    opened,
)
from tests.networks.bittorrent.wire.responder import Responder

REMOTE, OWN = Endpoint.parse("192.0.2.1", 6881), Endpoint.parse("198.51.100.7", 40000)
RANDOM = b"\x99" * 20
CONTROL = LinkPlan(Purpose.CONTROL, RANDOM, encrypted=False)


def asking(plan: LinkPlan = PLAN) -> Asking:
    return Asking(REMOTE, plan, RANDOM)


def ended(plan: LinkPlan, *chunks: bytes, silent: bool = False) -> PeerLink:
    link = opened(plan, *chunks)
    if silent:
        link.expire(200.0)
    else:
        link.closed(200.0)
    return link


def test_a_statement_is_followed_by_the_control_question() -> None:
    inquiry = asking()
    assert inquiry.next_plan() == PLAN
    inquiry.ended(ended(PLAN, hello(), FULL), OWN)
    assert inquiry.next_plan() == CONTROL
    inquiry.ended(ended(CONTROL), OWN)
    assert inquiry.next_plan() is None
    result = inquiry.result(5)
    assert (result.remote, result.own, result.started_at_us) == (REMOTE, OWN, 5)
    assert (result.control, result.fault) == (Control.REFUSED, None)
    assert result.statement is not None
    assert [each.purpose for each in result.transcripts] == [Purpose.STATEMENT, Purpose.CONTROL]
    assert {(each.own, each.remote) for each in result.transcripts} == {(str(OWN), str(REMOTE))}


@pytest.mark.parametrize("silent", [False, True])
def test_where_the_plain_way_meets_no_word_the_encrypted_way_is_tried(silent: bool) -> None:
    inquiry = asking()
    inquiry.ended(ended(PLAN, silent=silent), OWN)
    assert inquiry.next_plan() == replace(PLAN, encrypted=True)
    inquiry.ended(encrypted_link(replace(PLAN, encrypted=True), hello() + FULL), OWN)
    assert inquiry.next_plan() == replace(CONTROL, encrypted=True)
    result = inquiry.result(0)
    assert result.fault is None
    assert result.statement is not None
    assert result.statement.encrypted
    assert [(each.transport, len(each.secret)) for each in result.transcripts] == [
        ("tcp", 0),
        ("tcp+mse", 20),
    ]


def test_after_both_ways_nothing_more_is_tried() -> None:
    inquiry = asking()
    inquiry.ended(ended(PLAN), OWN)
    inquiry.ended(ended(replace(PLAN, encrypted=True)), OWN)
    assert inquiry.next_plan() is None
    result = inquiry.result(0)
    assert (result.fault, result.statement) == (links.NO_WORD, None)
    assert result.control is Control.NOT_ASKED


@pytest.mark.parametrize(
    "chunk", [hello()[:30], hello(b"\x22" * 20), b"HTTP/1.1 400 Bad Request" + bytes(60)]
)
def test_a_peer_that_spoke_is_not_asked_the_encrypted_way(chunk: bytes) -> None:
    inquiry = asking()
    inquiry.ended(ended(PLAN, chunk), OWN)
    assert inquiry.next_plan() is None


def test_a_peer_that_sent_content_is_not_called_again() -> None:
    inquiry = asking()
    inquiry.ended(ended(PLAN, hello(), FULL + PIECE_HEADER), OWN)
    assert inquiry.next_plan() is None
    result = inquiry.result(0)
    assert (result.fault, result.control) == (links.CONTENT_SENT, Control.NOT_ASKED)
    assert result.statement is not None


def test_a_link_that_cannot_be_opened_ends_it_with_the_first_fault() -> None:
    inquiry = asking()
    inquiry.not_opened(PLAN, "refused connection")
    assert inquiry.next_plan() is None
    assert (inquiry.result(0).fault, inquiry.result(0).own) == ("refused connection", None)
    inquiry = asking()
    inquiry.ended(ended(PLAN), OWN)
    inquiry.not_opened(replace(PLAN, encrypted=True), "timed out")
    assert inquiry.result(0).fault == links.NO_WORD


def test_a_control_link_that_cannot_be_opened_leaves_the_question_unanswered() -> None:
    inquiry = asking()
    inquiry.ended(ended(PLAN, hello(), FULL), OWN)
    inquiry.not_opened(CONTROL, "timed out")
    result = inquiry.result(0)
    assert (result.control, result.fault) == (Control.UNANSWERED, None)


def test_the_control_of_a_v2_torrent_is_asked_as_v2() -> None:
    plan = replace(PLAN, v2=True)
    inquiry = asking(plan)
    inquiry.ended(ended(plan, hello(), FULL), OWN)
    assert inquiry.next_plan() == replace(CONTROL, v2=True)


def test_what_the_peer_told_of_others_and_the_doubts_are_handed_on() -> None:
    inquiry = asking()
    pex = extended(1, b"d5:added6:\xc0\x00\x02\x09\x1a\xe1e")
    inquiry.ended(ended(PLAN, hello(), pex, b"\0\0\0\x02\x0e\0"), OWN)
    result = inquiry.result(0)
    assert [str(told.peer) for told in result.heard] == ["192.0.2.9:6881"]
    assert len(result.doubts) == 1


# The answer to the control question.


def encrypted_link(plan: LinkPlan, payload: bytes) -> PeerLink:
    """An encrypted link to a peer that knows INFOHASH alone, closed by it."""
    them = Responder(INFOHASH, 0x777 << 90 | 1, payload=payload)
    link = PeerLink(plan, CHANCE, LinkSettings(), 0.0)
    to_them = link.opened(1.0)
    while to_them and (answer := them.receive(to_them)):
        to_them = link.receive(answer, 1.0)
    link.closed(2.0)
    return link


@pytest.mark.parametrize(
    ("chunks", "silent", "answer"),
    [
        ((), False, Control.REFUSED),
        ((hello(INFOHASH),), False, Control.REFUSED),  # it names the torrent that it has
        ((hello(RANDOM),), False, Control.ECHOES_ANYTHING),
        ((), True, Control.UNANSWERED),
        ((hello(RANDOM)[:50],), False, Control.UNANSWERED),
        ((bytes(68),), False, Control.UNANSWERED),
    ],
)
def test_the_control_answer_is_read_from_the_handshake_or_the_close(
    chunks: tuple[bytes, ...], silent: bool, answer: Control
) -> None:
    assert control_answer(ended(CONTROL, *chunks, silent=silent)) is answer


def test_over_an_encrypted_link_a_close_before_the_key_exchange_is_no_refusal() -> None:
    plan = replace(CONTROL, encrypted=True)
    assert control_answer(ended(plan)) is Control.UNANSWERED
    assert control_answer(ended(plan, bytes(50))) is Control.UNANSWERED


def test_over_an_encrypted_link_a_close_after_the_key_exchange_is_a_refusal() -> None:
    assert control_answer(encrypted_link(replace(CONTROL, encrypted=True), b"")) is Control.REFUSED
