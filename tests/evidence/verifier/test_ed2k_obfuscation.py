from dataclasses import replace

from luzeiro.evidence.verifier.ed2k_obfuscation import revealed
from luzeiro.evidence.verifier.exchange import RawFrame, RawTranscript, parse_exchange
from luzeiro.networks.edonkey.wire.obfuscation import payload_received, payload_sent
from tests.evidence import ed2k_scenes


def transcript_of(transport: str) -> RawTranscript:
    held = parse_exchange(ed2k_scenes.obfuscated().observation.exchange)
    return next(one for one in held if one.transport == transport)


def test_an_obfuscated_link_opens_both_ways_as_it_does_for_the_collector() -> None:
    hidden = transcript_of("tcp+obfuscated")
    plain = revealed(hidden)
    assert plain is not None
    assert plain.sent() == payload_sent(hidden.sent(), hidden.secret)
    assert plain.received() == payload_received(hidden.sent(), [hidden.received()], hidden.secret)
    assert plain.received()
    assert (plain.transport, plain.secret) == ("tcp", b"")
    assert {one.at_us for one in plain.frames} <= {one.at_us for one in hidden.frames}


def test_a_link_that_the_peer_never_answered_holds_none_of_its_words() -> None:
    hidden = transcript_of("tcp+obfuscated")
    ours = hidden.frames[:1]
    closed = RawFrame("<", ours[0].at_us + 1, b"")
    for frames in (ours, (*ours, closed), (*ours, RawFrame("<", 1, bytes(40)))):
        plain = revealed(replace(hidden, frames=frames))
        assert plain is not None
        assert (plain.received(), plain.sent()) == (b"", b"")
        assert plain.closed_by_remote == (closed in frames)


def test_another_user_hash_opens_nothing() -> None:
    hidden = transcript_of("tcp+obfuscated")
    assert revealed(replace(hidden, secret=bytes(16))) is None
    assert revealed(replace(hidden, secret=b"")) is None
    assert revealed(replace(hidden, frames=())) is None


def test_datagrams_open_by_our_key_and_by_the_nodes_id() -> None:
    plain = revealed(transcript_of("udp+obfuscated"))
    assert plain is not None
    asked, answered = plain.frames
    assert asked.data[:2] == b"\xe4\x34"
    assert answered.data[:2] == b"\xe5\x3b"


def test_what_does_not_open_is_left_out() -> None:
    hidden = transcript_of("udp+obfuscated")
    other_key = revealed(replace(hidden, secret=b"\x99" * 4))
    assert other_key is not None
    assert other_key.frames == ()


def test_what_is_plain_stays_as_it_is() -> None:
    plain = transcript_of("tcp")
    assert revealed(plain) is plain
