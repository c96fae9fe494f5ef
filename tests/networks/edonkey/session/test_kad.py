from random import Random

from luzeiro.networks.edonkey.session.kad import KadClient, KadSettings
from luzeiro.networks.edonkey.wire import kad
from luzeiro.networks.edonkey.wire.kad import Contact, to_words
from luzeiro.networks.edonkey.wire.obfuscation import open_datagram
from luzeiro.networks.kit.tally import Tally
from luzeiro.observations.exchange import Direction

FILE = b"\x11" * 16
NODE_ID = b"\x11" + bytes(15)
NODE = b"\x0b\0\1\1\x12\x40"
STRANGER = b"\x0b\0\2\1\x12\x40"
SOURCE = (
    to_words(b"u" * 16)
    + b"\x03\x09\x01\0\xff\x01\x03\x01\0\xfe\x01\x02\x00\xc0\x08\x01\0\xfd\x36\x12"
)
NO_NODES = b"\xe4\x29" + to_words(FILE) + b"\0"
FOUND = b"\xe4\x3b" + to_words(NODE_ID) + to_words(FILE) + b"\1\0" + SOURCE


def client(*, bootstrap: bytes | None = None, tally: Tally | None = None) -> KadClient:
    contacts = () if bootstrap else (Contact(NODE_ID, NODE, 4662, 8),)
    return KadClient(
        [bootstrap] if bootstrap else [],
        contacts,
        settings=KadSettings(),
        random=Random(1),
        tally=tally or Tally(),
    )


def test_a_lookup_asks_for_nodes_then_for_sources_and_keeps_both_datagrams() -> None:
    made = client()
    lookup = made.start(FILE, 5)
    ((asked, to),) = made.to_send(0.0, 100)
    assert (asked[:2], to) == (b"\xe4\x21", NODE)
    made.receive(NO_NODES, NODE, 0.1, 200)
    ((asked, to),) = made.to_send(0.1, 300)
    assert (asked[:2], to) == (b"\xe4\x34", NODE)
    made.receive(FOUND, NODE, 0.2, 400)
    assert made.to_send(0.3, 0) == []
    assert made.ended() == []  # more packets may come
    made.to_send(5.0, 0)
    assert made.ended() == [lookup]
    (heard,) = made.result(lookup).heard
    assert (str(heard.endpoint), heard.user_hashes) == ("192.0.2.1:4662", (b"u" * 16,))
    ((_, telling),) = heard.told
    assert telling.transcript is not None
    frames = [(one.direction, one.at_us, one.data) for one in telling.transcript.frames]
    assert frames == [(Direction.SENT, 300, asked), (Direction.RECEIVED, 400, FOUND)]


def test_an_answer_from_another_address_or_about_another_file_teaches_nothing() -> None:
    tally = Tally()
    made = client(tally=tally)
    made.start(FILE, 5)
    made.to_send(0.0, 0)
    made.receive(NO_NODES, STRANGER, 0.1, 0)
    made.receive(b"\xe4\x29" + bytes(16) + b"\0", NODE, 0.1, 0)
    made.receive(FOUND, NODE, 0.1, 0)  # of sources, which nobody asked for yet
    made.receive(b"\xe4\x60", NODE, 0.1, 0)  # a ping: it stays unanswered
    made.receive(b"\xe4\x29", NODE, 0.1, 0)
    assert tally.counts["kad unasked"] == 4
    assert tally.counts["kad malformed"] == 1
    assert made.to_send(0.2, 0) == []


def test_a_node_that_leaves_a_plain_question_unanswered_is_asked_obfuscated() -> None:
    tally = Tally()
    made = client(tally=tally)
    made.start(FILE, 5)
    ((plain, _),) = made.to_send(0.0, 0)
    deadline = made.deadline(0.0)
    assert deadline is not None
    ((hidden, to),) = made.to_send(deadline, 0)
    assert to == NODE
    assert open_datagram(hidden, to_words(NODE_ID)) == plain
    made.receive(NO_NODES, NODE, 3.0, 0)  # some answer plainly all the same
    ((search, _),) = made.to_send(3.0, 0)
    assert open_datagram(search, to_words(NODE_ID))[:2] == b"\xe4\x34"
    assert tally.counts["kad timeouts"] == 0


def test_a_node_that_never_answers_is_a_timeout() -> None:
    tally = Tally()
    made = client(tally=tally)
    lookup = made.start(FILE, 5)
    now = 0.0
    for _ in range(20):
        made.to_send(now, 0)
        now = made.deadline(now) or now
    assert made.ended() == [lookup]
    assert (made.result(lookup).asked, made.result(lookup).answered) == (1, 0)
    assert tally.counts["kad timeouts"] == 1


def test_a_search_that_stays_unanswered_is_asked_once_more_and_is_no_fault() -> None:
    tally = Tally()
    made = client(tally=tally)
    lookup = made.start(FILE, 5)
    made.to_send(0.0, 0)
    made.receive(NO_NODES, NODE, 0.1, 0)
    assert len(made.to_send(0.1, 0)) == len(made.to_send(2.2, 0)) == 1
    assert made.to_send(5.0, 0) == []
    assert made.ended() == [lookup]
    assert tally.counts["kad timeouts"] == 0


def test_from_an_address_alone_it_learns_ids_by_bootstrap() -> None:
    made = client(bootstrap=NODE)
    made.start(FILE, None)
    assert made.to_send(0.0, 0) == [(b"\xe4\x01", NODE)]
    others = to_words(b"\x12" * 16) + b"\x01\x03\x00\x0b\x40\x12\x36\x12\x08"
    told = b"\xe4\x09" + to_words(NODE_ID) + b"\x36\x12\x08\x01\0" + others
    made.receive(told, NODE, 0.1, 0)
    assert made.deadline(0.1) == 0.1
    asked = made.to_send(0.1, 0)
    assert {to for _, to in asked} == {NODE, b"\x0b\x00\x03\x01\x12\x40"}
    assert made.pool.addresses() == [NODE]


def test_where_contacts_are_known_nobody_waits_for_a_bootstrap() -> None:
    contact = Contact(NODE_ID, NODE, 4662, 8)
    made = KadClient([STRANGER], [contact], settings=KadSettings(), random=Random(1), tally=Tally())
    made.start(FILE, None)
    assert made.deadline(0.0) == 0.0
    assert {to for _, to in made.to_send(0.0, 0)} == {STRANGER, NODE}


def test_a_lookup_ends_where_no_node_is_known_and_none_answers() -> None:
    made = client(bootstrap=NODE)
    lookup = made.start(FILE, None)
    now = 0.0
    for _ in range(20):
        made.to_send(now, 0)
        now = made.deadline(now) or now
    assert made.ended() == [lookup]
    assert now < 60


def test_keys_for_answers_differ_from_address_to_address_and_are_never_none() -> None:
    made = client()
    assert made._verify_key(NODE) == made._verify_key(NODE[:4] + b"\0\1")
    assert made._verify_key(NODE) != made._verify_key(STRANGER)


def test_an_abandoned_lookup_is_let_go() -> None:
    made = client()
    waiting = made.start(FILE, 5)
    made.abandon(waiting)
    assert made.to_send(0.0, 0) == []


def test_nobody_is_answered() -> None:
    made = client()
    for opcode in range(256):
        made.receive(bytes((kad.HEADER, opcode)) + bytes(40), NODE, 0.0, 0)
    assert made.to_send(0.0, 0) == []
