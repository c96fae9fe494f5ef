from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.networks.bittorrent.wire import bencode
from luzeiro.networks.bittorrent.wire.tracker import (
    Connect,
    ConnectResponse,
    Counts,
    ErrorResponse,
    HttpScrape,
    Scrape,
    ScrapeResponse,
    decode,
    decode_http,
    scrape_url,
)
from luzeiro.networks.kit.errors import WireError

ONE, TWO = b"\x01" * 20, b"\x02" * 20


def test_a_connect_request_is_the_one_that_bep_15_prints() -> None:
    assert Connect(b"abcd").encode().hex() == "0000041727101980" + "00000000" + b"abcd".hex()


def test_a_scrape_request_has_action_2_and_the_infohashes_one_after_the_other() -> None:
    assert Scrape(7, b"abcd", (ONE, TWO)).encode() == (
        (7).to_bytes(8, "big") + b"\x00\x00\x00\x02abcd" + ONE + TWO
    )


def test_the_http_request_asks_for_counts_and_names_no_port_and_no_peer_id() -> None:
    request = HttpScrape("http://tracker.example:80/scrape?key=1", (b"a\xff& " + b"\0" * 16,))
    line, host, *_ = request.encode().split(b"\r\n")
    assert line == b"GET /scrape?key=1&info_hash=a%FF%26%20" + b"%00" * 16 + b" HTTP/1.1"
    assert host == b"Host: tracker.example:80"


@pytest.mark.parametrize(
    "url",
    ["http://tracker.example/scrape\r\nX: 1", "http://tracker.example/a b", "http://é.example/"],
)
def test_an_address_cannot_add_lines_to_the_request(url: str) -> None:
    with pytest.raises(ValueError, match="printable ASCII"):
        HttpScrape(url, (ONE,))


def test_replies_are_read_as_bep_15_lays_them_out() -> None:
    assert decode(b"\0\0\0\0abcd" + (9).to_bytes(8, "big")) == ConnectResponse(b"abcd", 9)
    counts = b"".join(number.to_bytes(4, "big") for number in (5, 6, 7))
    assert decode(b"\0\0\0\x02abcd" + counts) == ScrapeResponse(b"abcd", (Counts(5, 6, 7),))
    assert decode(b"\0\0\0\x03abcdno") == ErrorResponse(b"abcd", "no")


def test_a_longer_reply_is_read_as_far_as_bep_15_goes() -> None:
    longer = b"\0\0\0\0abcd" + (9).to_bytes(8, "big") + b"more"
    assert decode(longer) == ConnectResponse(b"abcd", 9)
    assert decode(b"\0\0\0\x02abcd" + bytes(13)) == ScrapeResponse(b"abcd", (Counts(0, 0, 0),))


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        b"\0" * 7,
        b"\0\0\0\0abcd" + b"\0" * 7,
        # The answer to an announce: nobody here asks for one, so nobody here reads one.
        b"\0\0\0\x01abcd" + b"\0" * 18,
    ],
)
def test_a_reply_cut_short_or_of_another_action_is_refused(datagram: bytes) -> None:
    with pytest.raises(WireError, match="BEP 15"):
        decode(datagram)


@given(st.binary(max_size=200))
def test_any_datagram_is_a_reply_or_a_wire_error(datagram: bytes) -> None:
    with suppress(WireError):
        assert isinstance(decode(datagram), ConnectResponse | ScrapeResponse | ErrorResponse)


@given(st.binary(max_size=300))
def test_any_body_is_counts_or_a_wire_error(body: bytes) -> None:
    with suppress(WireError):
        assert isinstance(decode_http(body), dict | ErrorResponse)


def test_what_a_tracker_says_is_cut_and_made_readable() -> None:
    reply = decode(b"\0\0\0\x03abcd" + b"\xff" * 1000)
    assert isinstance(reply, ErrorResponse)
    assert reply.message == (r"\xff" * 50)


def test_the_reply_that_bep_48_prints_is_read() -> None:
    body = (
        b"d5:filesd"
        b"20:xxxxxxxxxxxxxxxxxxxxd8:completei11e10:downloadedi13772e10:incompletei19ee"
        b"20:yyyyyyyyyyyyyyyyyyyyd8:completei21e10:downloadedi206e10:incompletei20ee"
        b"20:zzzzzzzzzzzzzzzzzzzzd8:completei14e10:downloadedi12191e10:incompletei9ee"
        b"ee"
    )
    assert decode_http(body) == {
        b"x" * 20: Counts(11, 13772, 19),
        b"y" * 20: Counts(21, 206, 20),
        b"z" * 20: Counts(14, 12191, 9),
    }


def test_a_reply_need_not_say_how_many_downloads_ever_finished() -> None:
    files = {ONE: {b"complete": 3, b"incomplete": 1}}
    assert decode_http(bencode.encode({b"files": files})) == {ONE: Counts(3, 0, 1)}


@pytest.mark.parametrize("key", [b"failure reason", b"failure_reason"])
def test_what_the_tracker_declines_is_told_in_its_words(key: bytes) -> None:
    assert decode_http(bencode.encode({key: b"not here"})) == ErrorResponse(b"", "not here")


@pytest.mark.parametrize(
    "files",
    [
        {b"short": {b"complete": 1, b"incomplete": 1}},
        {ONE: 7},
        {ONE: {b"complete": 1}},
        {ONE: {b"complete": -1, b"incomplete": 1}},
        {ONE: {b"complete": b"1", b"incomplete": 1}},
    ],
)
def test_counts_that_are_none_are_refused(files: dict[bytes, bencode.Value]) -> None:
    with pytest.raises(WireError):
        decode_http(bencode.encode({b"files": files}))


@pytest.mark.parametrize(
    ("announce", "scrape"),
    [
        ("http://example.com/announce", "http://example.com/scrape"),
        ("http://example.com/x/announce", "http://example.com/x/scrape"),
        ("http://example.com/announce.php", "http://example.com/scrape.php"),
        ("http://example.com/announce?x=2/4", "http://example.com/scrape?x=2/4"),
        ("http://example.com/announce/announce#part", "http://example.com/announce/scrape"),
        ("https://example.com:8443/key/announce", "https://example.com:8443/key/scrape"),
        ("http://example.com/scrape", "http://example.com/scrape"),
    ],
)
def test_the_scrape_address_follows_from_the_announce_address(announce: str, scrape: str) -> None:
    assert scrape_url(announce) == scrape


@pytest.mark.parametrize(
    "announce",
    [
        "http://example.com/a",
        "http://example.com/x%064announce",  # nothing is unquoted first
        "http://example.com/?announce",
        "http://announce",
        "http://example.com",
    ],
)
def test_an_address_without_announce_has_no_scrape(announce: str) -> None:
    with pytest.raises(ValueError, match="no scrape address"):
        scrape_url(announce)
