import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.evidence.verifier.exchange import ExchangeError, parse_exchange
from luzeiro.observations import exchange
from luzeiro.observations.exchange import Direction, Frame, Purpose, Transcript
from tests.evidence import scenes


@pytest.mark.parametrize("name", sorted(scenes.ALL))
def test_it_reads_what_the_collector_wrote(name: str) -> None:
    raw = scenes.ALL[name]().observation.exchange
    for ours, theirs in zip(parse_exchange(raw), exchange.decode(raw), strict=True):
        assert (ours.purpose, ours.transport, ours.own, ours.remote, ours.secret) == (
            *(theirs.purpose, theirs.transport, theirs.own, theirs.remote, theirs.secret),
        )
        assert [(one.direction, one.at_us, one.data) for one in ours.frames] == [
            (one.direction, one.at_us, one.data) for one in theirs.frames
        ]


def test_a_link_that_the_remote_party_closed_is_told_from_one_that_was_silent() -> None:
    def told(*frames: Frame) -> bool:
        made = Transcript(Purpose.CONTROL, "tcp", "192.0.2.1:1", "192.0.2.2:2", frames)
        return parse_exchange(exchange.encode([made]))[0].closed_by_remote

    sent, closed = Frame(Direction.SENT, 1, b"x"), Frame(Direction.RECEIVED, 2, b"")
    assert told(sent, closed)
    assert not told(sent)
    assert not told()
    assert not told(closed, sent)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for raw in (data, b"LZX1" + data):
        with contextlib.suppress(ExchangeError):
            parse_exchange(raw)


def test_every_cut_is_noticed() -> None:
    raw = scenes.seeder().observation.exchange
    whole = {0}
    for cut in range(len(raw)):
        with contextlib.suppress(ExchangeError):
            whole.add(len(parse_exchange(raw[:cut])))
    assert max(whole) < len(parse_exchange(raw))
