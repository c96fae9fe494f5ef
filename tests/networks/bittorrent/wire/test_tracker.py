from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.networks.bittorrent.wire import bencode
from luzeiro.networks.bittorrent.wire.tracker import (
    Connect,
    Connected,
    Counts,
    HttpScrape,
    Scrape,
    Scraped,
    TrackerRefused,
    as_counts,
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


def test_replies_are_read_as_bep_15_lays_them_out() -> None:
    assert decode(b"\0\0\0\0abcd" + (9).to_bytes(8, "big")) == Connected(b"abcd", 9)
    counts = b"".join(number.to_bytes(4, "big") for number in (5, 6, 7))
    assert decode(b"\0\0\0\x02abcd" + counts) == Scraped(b"abcd", ((5, 6, 7),))
    assert decode(b"\0\0\0\x03abcdno") == TrackerRefused(b"abcd", "no")


@pytest.mark.parametrize(
    "datagram",
    [b"", b"\0" * 7, b"\0\0\0\0abcd" + b"\0" * 7, b"\0\0\0\x02abcd\0", b"\0\0\0\x01abcd" + b"\0" * 12],
)
def test_a_reply_of_another_length_or_action_is_refused(datagram: bytes) -> None:
    with pytest.raises(WireError, match="BEP 15"):
        decode(datagram)


@given(st.binary(max_size=200))
def test_any_datagram_is_a_reply_or_a_wire_error(datagram: bytes) -> None:
    with suppress(WireError):
        assert isinstance(decode(datagram), Connected | Scraped | TrackerRefused)


@given(st.binary(max_size=300))
def test_any_body_is_counts_or_a_wire_error(body: bytes) -> None:
    with suppress(WireError):
        assert isinstance(decode_http(body), dict)


def test_counts_are_paired_with_what_was_asked() -> None:
    scraped = Scraped(b"abcd", ((1, 2, 3), (4, 5, 6)))
    assert as_counts([ONE, TWO], scraped) == (Counts(ONE, 1, 2, 3), Counts(TWO, 4, 5, 6))
    with pytest.raises(WireError, match="2 counts for 1 torrents"):
        as_counts([ONE], scraped)


def test_an_http_reply_names_each_torrent() -> None:
    files = {ONE: {b"complete": 3, b"downloaded": 9, b"incomplete": 1}}
    assert decode_http(bencode.encode({b"files": files})) == {ONE: Counts(ONE, 3, 9, 1)}


def test_what_the_tracker_declines_is_told_in_its_words() -> None:
    with pytest.raises(WireError, match="declined: not here"):
        decode_http(bencode.encode({b"failure reason": b"not here"}))


@pytest.mark.parametrize(
    ("announce", "scrape"),
    [
        # The examples of BEP 48 that have a scrape address.
        ("http://example.com/announce", "http://example.com/scrape"),
        ("http://example.com/x/announce", "http://example.com/x/scrape"),
        ("http://example.com/announce.php", "http://example.com/scrape.php"),
        ("http://example.com/announce?x=2/4", "http://example.com/scrape?x=2/4"),
        ("http://example.com/scrape", "http://example.com/scrape"),
    ],
)
def test_the_scrape_address_follows_from_the_announce_address(announce: str, scrape: str) -> None:
    assert scrape_url(announce) == scrape


@pytest.mark.parametrize("announce", ["http://example.com/a", "http://example.com/x%064announce"])
def test_an_address_without_announce_has_no_scrape(announce: str) -> None:
    with pytest.raises(ValueError, match="no scrape address"):
        scrape_url(announce)
