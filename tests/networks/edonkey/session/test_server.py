import struct

from luzeiro.networks.edonkey.session.server import (
    BROKEN,
    CLOSED,
    NO_ID,
    REJECTED,
    ServerLink,
    ServerSettings,
)
from tests.networks.edonkey.answers import EDONKEY, FILE, packet, spoken

SETTINGS = ServerSettings()
ID_CHANGE = packet(EDONKEY, 0x40, struct.pack("<II", 7, 0x400))
FOUND = packet(EDONKEY, 0x42, FILE + b"\x01\xc0\0\2\1\x36\x12")


def logged_in(answer: bytes = ID_CHANGE) -> ServerLink:
    link = ServerLink(b"u" * 16, SETTINGS, 1000.0)
    assert [one[1] for one in spoken(link.opened(0.0))] == [0x01]
    link.receive(answer, 1.0)
    return link


def test_a_question_waits_for_the_log_in() -> None:
    link = logged_in(packet(EDONKEY, 0x38, b"\x05\0hello"))
    assert link.ask(FILE, 5, 2.0) is None
    assert link.message == b"hello"
    link.receive(ID_CHANGE, 3.0)
    assert link.client_id == 7
    assert link.ask(FILE, 5, 4.0) is not None


def test_a_server_that_can_is_asked_for_user_hashes_too() -> None:
    plain = logged_in(packet(EDONKEY, 0x40, struct.pack("<I", 7)))
    assert [one[1] for one in spoken(plain.ask(FILE, 5, 2.0) or b"")] == [0x19]
    assert [one[1] for one in spoken(logged_in().ask(FILE, 5, 2.0) or b"")] == [0x23]


def test_an_answer_comes_with_the_bytes_of_both_sides_and_is_given_once() -> None:
    link = logged_in()
    question = link.ask(FILE, 5, 2.0)
    link.receive(FOUND[:9], 3.0)
    assert link.found(FILE) is None
    link.receive(FOUND[9:], 4.0)
    found = link.found(FILE)
    assert found is not None
    assert (found.question, found.answer) == (question, FOUND)
    assert (found.asked_at_us, found.told_at_us) == (1_002_000_000, 1_004_000_000)
    assert [source.address for source in found.sources] == [b"\xc0\0\2\1\x12\x36"]
    assert link.found(FILE) is None


def test_an_answer_that_nobody_asked_for_is_dropped() -> None:
    link = logged_in()
    link.receive(FOUND, 3.0)
    assert link.found(FILE) is None
    link.ask(FILE, 5, 4.0)
    link.give_up(FILE)
    link.receive(FOUND, 5.0)
    assert link.found(FILE) is None


def test_a_server_is_asked_no_faster_than_amule_asks() -> None:
    link, asked = logged_in(), 0
    for second in range(2, 202):
        digest = second.to_bytes(16, "big")
        asked += link.ask(digest, 5, float(second)) is not None
    assert asked == SETTINGS.questions_at_once + 200 // SETTINGS.question_every_s - 1


def test_why_a_link_ended_is_told() -> None:
    assert logged_in(packet(EDONKEY, 0x05)).fault == REJECTED
    assert logged_in(b"\x13").fault == BROKEN
    closed, silent = logged_in(), logged_in(b"")
    closed.closed(2.0)
    silent.expire(silent.deadline())
    assert (closed.fault, silent.fault) == (CLOSED, NO_ID)
    assert closed.ask(FILE, 5, 3.0) is None
