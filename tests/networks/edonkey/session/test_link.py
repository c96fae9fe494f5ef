import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.networks.edonkey.session.link import (
    CONTENT_SENT,
    MALFORMED,
    NO_WORD,
    SILENT,
    TOO_MUCH,
    WITHHELD,
    ClientLink,
    LinkChance,
    LinkPlan,
    LinkSettings,
)
from luzeiro.networks.edonkey.wire.obfuscation import payload_sent
from luzeiro.observations.exchange import Direction
from luzeiro.observations.grade import Control
from tests.networks.edonkey.answers import (
    CONTROL,
    EDONKEY,
    EMULE,
    FILE,
    PEER_HASH,
    hello_answer,
    name,
    no_file,
    packet,
    source,
    sources,
    spoken,
    status,
)

SETTINGS = LinkSettings()
HOST = b"\xc0\0\2\7"


def chance(*, control_first: bool = False) -> LinkChance:
    return LinkChance(b"u" * 16, control_first, b"\1\2\3\4", 0x77, b"", b"abcd")


def link(*, obfuscated: bool = False, control_first: bool = False) -> ClientLink:
    plan = LinkPlan(FILE, CONTROL, PEER_HASH if obfuscated else None)
    return ClientLink(plan, chance(control_first=control_first), SETTINGS, 1000.0)


def after(*heard: bytes) -> ClientLink:
    made = link()
    made.opened(0.0)
    for number, data in enumerate(heard, 1):
        made.receive(data, float(number))
    return made


def received(made: ClientLink) -> bytes:
    return b"".join(one.data for one in made.frames if one.direction is Direction.RECEIVED)


def test_it_greets_and_then_asks_of_both_hashes_and_nothing_else() -> None:
    made = link()
    assert [(one[0], one[1]) for one in spoken(made.opened(0.0))] == [(EDONKEY, 0x01)]
    asked = spoken(made.receive(hello_answer(secure_identification=3), 1.0))
    questions = [(EDONKEY, 0x58), (EDONKEY, 0x4F), (EMULE, 0x9E)]
    assert [(one[0], one[1]) for one in asked] == [
        (EMULE, 0x87),
        *questions,
        *questions,
        (EMULE, 0x81),
    ]
    assert [one[2] for one in asked[1:]] == [FILE] * 3 + [CONTROL] * 3 + [FILE]


def test_chance_decides_which_hash_comes_first() -> None:
    made = link(control_first=True)
    made.opened(0.0)
    asked = spoken(made.receive(hello_answer(), 1.0))
    assert [one[2] for one in asked[:6]] == [CONTROL] * 3 + [FILE] * 3


def test_an_old_client_is_asked_for_its_kind() -> None:
    made = link()
    made.opened(0.0)
    asked = spoken(made.receive(hello_answer(emule=False), 1.0))
    assert (asked[0][0], asked[0][1]) == (EMULE, 0x01)


def test_a_client_that_states_and_refuses_the_control_is_heard_out_a_little() -> None:
    made = after(hello_answer(), name(FILE) + status(FILE), no_file(CONTROL))
    assert made.control is Control.REFUSED
    assert made.deadline() == 3.0 + SETTINGS.grace_s
    made.expire(made.deadline())
    assert (made.finished, made.fault) == (True, None)
    assert made.statement is not None
    assert (made.statement.name, made.statement.stated_at_us) == (b"a.bin", 1_002_000_000)


@pytest.mark.parametrize(
    "claim",
    [
        status(CONTROL),
        name(CONTROL),
        sources(CONTROL),
        packet(EMULE, 0x9D, CONTROL + bytes(20)),
        packet(EMULE, 0x93, CONTROL + b"\x50\0\0"),
    ],
)
@pytest.mark.parametrize("afterwards", [b"", no_file(CONTROL)])
def test_who_claims_the_random_hash_in_any_way_claims_anything(
    claim: bytes, afterwards: bytes
) -> None:
    made = after(hello_answer(), status(FILE), no_file(CONTROL) + claim, afterwards)
    assert made.control is Control.ECHOES_ANYTHING


def test_silence_to_the_control_is_no_refusal() -> None:
    made = after(hello_answer(), status(FILE))
    assert made.deadline() == 1.0 + SETTINGS.answer_timeout_s
    made.expire(made.deadline())
    assert (made.control, made.fault) == (Control.UNANSWERED, None)


def test_an_answer_about_another_hash_says_nothing() -> None:
    made = after(hello_answer(), status(b"\x99" * 16), no_file(b"\x98" * 16))
    assert made.statement is not None
    assert (made.statement.is_answered, made.control) == (False, Control.UNANSWERED)


def test_an_end_before_the_hello_and_one_before_the_answer_are_told_apart() -> None:
    early, late = after(), after(hello_answer())
    early.closed(1.0)
    late.closed(2.0)
    assert (early.fault, late.fault) == (NO_WORD, WITHHELD)
    silent = after()
    silent.expire(20.0)
    assert silent.fault == SILENT


def test_that_the_client_closed_the_link_is_in_the_frames_and_that_we_did_is_not() -> None:
    closed, heard_out = after(hello_answer()), after(hello_answer())
    closed.closed(2.0)
    heard_out.expire(heard_out.deadline())
    last = closed.frames[-1]
    assert (last.direction, last.at_us, last.data) == (Direction.RECEIVED, 1_002_000_000, b"")
    assert heard_out.frames[-1].direction is Direction.SENT
    closed.closed(3.0)
    assert closed.frames[-1] is last


@given(st.integers(1, 40))
def test_it_does_not_matter_how_the_answers_are_cut(size: int) -> None:
    data = hello_answer() + status(FILE, 3, b"\x05") + no_file(CONTROL)
    made = after(*[data[at : at + size] for at in range(0, len(data), size)])
    assert made.statement is not None
    assert made.statement.status is not None
    assert (made.statement.status.bits, made.control) == (b"\x05", Control.REFUSED)


@pytest.mark.parametrize(("protocol", "opcode"), [(EDONKEY, 0x46), (EMULE, 0x40), (EMULE, 0xA2)])
def test_content_ends_the_link_at_once_and_not_a_byte_of_it_is_kept(
    protocol: int, opcode: int
) -> None:
    answers = hello_answer() + status(FILE)
    made = after(answers + packet(protocol, opcode, b"CONTENT" * 20))
    assert (made.finished, made.fault) == (True, CONTENT_SENT)
    assert received(made) == answers
    assert made.receive(b"more", 9.0) == b""


def test_what_follows_a_broken_packet_is_not_kept() -> None:
    made = after(hello_answer(), b"\x13 another protocol")
    assert made.fault == MALFORMED
    assert received(made) == hello_answer() + b"\x13"
    assert "protocol 0x13" in made.doubts[0]


def test_a_packet_that_is_malformed_inside_is_a_fault_with_its_reason() -> None:
    made = after(hello_answer(), packet(EDONKEY, 0x50, FILE + b"\x09\0"))
    assert made.fault == MALFORMED
    assert "cut short" in made.doubts[0]


def test_one_link_may_send_so_much_and_no_more() -> None:
    noise = packet(EDONKEY, 0x4E, bytes(2000))
    made = after(hello_answer(), *[noise] * 140)
    assert made.fault == TOO_MUCH
    assert len(received(made)) <= SETTINGS.bytes_limit


def test_who_else_shares_it_is_heard_for_the_watched_hash_alone() -> None:
    made = after(hello_answer(), sources(FILE, source(HOST), source(b"\x05\0\0\0")))
    assert [told.address for told, _ in made.sources] == [HOST + b"\x12\x36", b"\x05\0\0\0\x12\x36"]
    assert made.sources[0][1] == 1_002_000_000


def test_two_user_hashes_in_one_link_are_a_doubt() -> None:
    made = after(hello_answer(), hello_answer(b"\x22" * 16))
    assert made.doubts == ["another user hash in the same link"]


def test_a_hello_to_us_is_as_good_as_an_answer() -> None:
    body = b"\x10" + hello_answer()[6:]
    assert after(packet(EDONKEY, 0x01, body)).statement is not None


def test_an_obfuscated_link_greets_only_once_it_is_answered() -> None:
    made = link(obfuscated=True)
    opening = made.opened(0.0)
    assert payload_sent(opening, PEER_HASH) == b""
    assert not made.settled
    made.receive(bytes(30), 1.0)  # not the answer to our request
    assert (made.fault, made.finished) == (MALFORMED, True)


def test_the_bytes_are_recorded_with_their_instants() -> None:
    made = after(hello_answer())
    assert [(one.direction, one.at_us) for one in made.frames] == [
        (Direction.SENT, 1_000_000_000),
        (Direction.RECEIVED, 1_001_000_000),
        (Direction.SENT, 1_001_000_000),
    ]


def test_chance_is_drawn_within_its_bounds() -> None:
    drawn = LinkChance.draw(b"u" * 16, lambda size: b"\xff" * size)
    assert (drawn.control_first, len(drawn.padding), len(drawn.key_part)) == (True, 15, 4)
