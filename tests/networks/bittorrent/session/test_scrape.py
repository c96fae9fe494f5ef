from itertools import pairwise
from random import Random

import pytest

from luzeiro.networks.bittorrent.session.scrape import (
    CONNECTION_GOOD_S,
    ScrapeCounts,
    UdpScrape,
    in_batches,
)
from luzeiro.networks.bittorrent.wire.tracker import UDP_LIMIT
from luzeiro.networks.kit.budgets import RateBudget

ONE = b"\x01" * 20
CONNECTION = (9).to_bytes(8, "big")


class Asking:
    """A scrape and the counts that it has brought."""

    def __init__(self, *infohashes: bytes, patience_s: float = 200.0, rate: float = 1e6) -> None:
        self.told: list[ScrapeCounts] = []
        self.scrape = UdpScrape(
            infohashes or (ONE,),
            self.told,
            random=Random(1),
            budget=RateBudget(rate, burst=rate / 2),
            patience_s=patience_s,
        )

    def connect(self, now: float = 0.0) -> None:
        asked = self.scrape.to_send(now)
        assert len(asked) == 16
        self.scrape.receive(connected(asked), now, at_us=0)


def connected(asked: bytes) -> bytes:
    return b"\0\0\0\0" + asked[12:16] + CONNECTION


def scraped(asked: bytes, seeders: int = 5) -> bytes:
    torrents = (len(asked) - 16) // 20
    return b"\0\0\0\x02" + asked[12:16] + (seeders.to_bytes(4, "big") + bytes(8)) * torrents


def test_a_scrape_connects_asks_and_has_its_counts() -> None:
    asking = Asking()
    asking.connect()
    asked = asking.scrape.to_send(1.0)
    assert asked.startswith(CONNECTION)
    asking.scrape.receive(scraped(asked), 1.0, at_us=77)
    assert asking.told == [ScrapeCounts(ONE, 5, 0, 0, told_at_us=77)]
    assert asking.scrape.over
    assert asking.scrape.fault is None


def test_a_question_is_sent_again_after_15_times_2_to_the_n_seconds_and_then_given_up() -> None:
    scrape, now, sent_at = Asking(patience_s=200.0).scrape, 0.0, []
    while not scrape.over:
        if scrape.to_send(now):
            sent_at.append(now)
        assert not scrape.to_send(now)
        now = scrape.deadline()
    assert sent_at == [0, 15, 15 + 30, 15 + 30 + 60]
    assert (scrape.fault, now) == ("timed out", 200.0)


def test_a_slow_answer_to_the_first_sending_still_counts() -> None:
    asking = Asking()
    first = asking.scrape.to_send(0.0)
    again = asking.scrape.to_send(15.0)
    assert first == again
    asking.scrape.receive(connected(first), 15.1, at_us=0)
    assert asking.scrape.to_send(15.2).startswith(CONNECTION)


def test_a_connection_id_is_used_for_a_minute_and_then_asked_for_anew() -> None:
    asking = Asking()
    asking.connect()
    kinds = [len(asking.scrape.to_send(now)) for now in (0.0, 15.0, 45.0, 105.0)]
    assert CONNECTION_GOOD_S < 105.0
    assert kinds == [36, 36, 36, 16]


def test_several_batches_share_one_connection() -> None:
    many = [number.to_bytes(20, "big") for number in range(UDP_LIMIT + 1)]
    asking = Asking(*many)
    asking.connect()
    for seeders in (1, 2):
        asked = asking.scrape.to_send(0.1 * seeders)
        asking.scrape.receive(scraped(asked, seeders), 0.1 * seeders, at_us=seeders)
    assert [one.infohash for one in asking.told] == many
    assert [one.seeders for one in asking.told] == [1] * UDP_LIMIT + [2]


def test_a_tracker_is_not_asked_faster_than_the_budget_allows() -> None:
    asking = Asking(*(number.to_bytes(20, "big") for number in range(300)), rate=2.0)
    now, sent_at = 0.0, []
    while not asking.scrape.over:
        if asked := asking.scrape.to_send(now):
            sent_at.append(now)
            reply = connected(asked) if len(asked) == 16 else scraped(asked)
            asking.scrape.receive(reply, now, at_us=0)
        else:
            now = asking.scrape.deadline()
    assert len(sent_at) == 1 + 5  # 300 torrents are five questions
    assert all(later - earlier >= 0.5 for earlier, later in pairwise(sent_at))


def test_a_strangers_reply_teaches_nothing() -> None:
    asking = Asking()
    asking.scrape.to_send(0.0)
    for reply in (b"", b"\0\0\0\0none" + bytes(8), b"\0\0\0\x03none stop"):
        asking.scrape.receive(reply, 0.1, at_us=0)
    assert not asking.scrape.over
    assert not asking.scrape.to_send(0.1)


@pytest.mark.parametrize("reply", [scraped(bytes(36)), b"\0\0\0\x01abcd" + bytes(12)])
def test_a_tracker_that_answers_another_question_is_malformed(reply: bytes) -> None:
    asking = Asking()
    asked = asking.scrape.to_send(0.0)
    asking.scrape.receive(reply[:4] + asked[12:16] + reply[8:], 0.1, at_us=0)
    assert (asking.scrape.fault or "").startswith("malformed: ")
    assert asking.told == []


def test_a_tracker_that_gives_fewer_counts_than_were_asked_for_is_malformed() -> None:
    asking = Asking(ONE, b"\x02" * 20)
    asking.connect()
    asked = asking.scrape.to_send(0.0)
    asking.scrape.receive(scraped(asked)[:-12], 0.1, at_us=0)
    assert "1 counts for 2 torrents" in (asking.scrape.fault or "")


def test_a_tracker_that_declines_is_told_in_its_words() -> None:
    asking = Asking()
    asked = asking.scrape.to_send(0.0)
    asking.scrape.receive(b"\0\0\0\x03" + asked[12:16] + b"scrape not allowed", 0.1, at_us=0)
    assert asking.scrape.fault == "declined: scrape not allowed"
    assert not asking.scrape.to_send(100.0)


def test_nothing_is_asked_where_there_is_nothing_to_ask() -> None:
    nothing: list[ScrapeCounts] = []
    scrape = UdpScrape(
        (), nothing, random=Random(1), budget=RateBudget(1, 1), patience_s=1, first_wait_s=1
    )
    assert scrape.over
    assert scrape.to_send(0.0) == b""


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (1, [1]), (74, [74]), (150, [74, 74, 2])])
def test_batches_hold_as_many_as_fit(count: int, sizes: list[int]) -> None:
    assert [len(batch) for batch in in_batches([ONE] * count, UDP_LIMIT)] == sizes
