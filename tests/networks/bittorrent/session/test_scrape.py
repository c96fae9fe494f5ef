from contextlib import suppress
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.networks.bittorrent.session.scrape import TRIES, UdpScrape, body_of
from luzeiro.networks.bittorrent.wire.tracker import Counts
from luzeiro.networks.kit.errors import WireError

ONE = b"\x01" * 20


def scrape() -> UdpScrape:
    return UdpScrape([ONE], Random(1).randbytes, first_wait_s=15)


def connected(asked: bytes) -> bytes:
    return b"\0\0\0\0" + asked[12:16] + (9).to_bytes(8, "big")


def scraped(asked: bytes) -> bytes:
    return b"\0\0\0\x02" + asked[12:16] + bytes(3) + b"\x05" + bytes(8)


def test_a_scrape_connects_asks_and_has_its_counts() -> None:
    question = scrape()
    question.receive(connected(question.to_send(0.0)))
    asked = question.to_send(0.0)
    assert asked[:8] == (9).to_bytes(8, "big")
    question.receive(scraped(asked))
    assert question.counts == (Counts(ONE, 5, 0, 0),)


def test_a_question_is_sent_again_when_its_time_is_over_and_then_given_up() -> None:
    question, now, sent = scrape(), 0.0, 0
    while not question.over:
        sent += bool(question.to_send(now))
        assert not question.to_send(now)
        now = question.deadline()
    assert (sent, question.fault, now) == (TRIES, "no answer", 15 + 30 + 60)


def test_a_strangers_reply_teaches_nothing() -> None:
    question = scrape()
    asked = question.to_send(0.0)
    question.receive(b"\0\0\0\0" + b"none" + bytes(8))
    assert not question.to_send(0.0)
    question.receive(scraped(asked))  # counts before a connection
    assert not question.over


def test_a_tracker_that_declines_is_told() -> None:
    question = scrape()
    asked = question.to_send(0.0)
    question.receive(b"\0\0\0\x03" + asked[12:16] + b"go away")
    assert question.fault == "declined: go away"


@pytest.mark.parametrize("count", [0, 75])
def test_a_scrape_asks_for_as_many_as_bep_15_allows(count: int) -> None:
    with pytest.raises(ValueError, match="1 to 74"):
        UdpScrape([ONE] * count, Random(1).randbytes, first_wait_s=1)


@pytest.mark.parametrize(
    ("response", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nde...", b"de"),
        (b"HTTP/1.0 200 OK\r\n\r\nde", b"de"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nd\r\n1;x\r\ne\r\n0\r\n\r\n", b"de"),
    ],
)
def test_the_body_is_found_however_its_length_is_told(response: bytes, body: bytes) -> None:
    assert body_of(response) == body


@pytest.mark.parametrize(
    "response",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 404 Not Found\r\n\r\n",
        b"SSH-2.0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nde",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nde",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nd\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n+1\r\nd\r\n0\r\n\r\n",
    ],
)
def test_a_response_that_is_not_whole_is_refused(response: bytes) -> None:
    with pytest.raises(WireError, match="RFC 9112"):
        body_of(response)


@given(st.binary(max_size=200))
def test_any_response_has_a_body_or_is_a_wire_error(rest: bytes) -> None:
    for head in (b"", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"):
        with suppress(WireError):
            assert isinstance(body_of(head + rest), bytes)
