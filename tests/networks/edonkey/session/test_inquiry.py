from luzeiro.networks.edonkey.session.inquiry import Asking
from luzeiro.networks.edonkey.session.link import ClientLink, LinkChance, LinkPlan, LinkSettings
from luzeiro.networks.edonkey.wire.client import Crypt
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.exchange import Purpose
from luzeiro.observations.grade import Control
from tests.networks.edonkey.answers import (
    CONTROL,
    FILE,
    PEER_HASH,
    hello_answer,
    no_file,
    status,
)

PEER, OWN = Endpoint.parse("192.0.2.1", 4662), Endpoint.parse("198.51.100.1", 5000)
CHANCE = LinkChance(b"u" * 16, control_first=False, key_part=b"1234", marker=0x77, padding=b"",
                    challenge=b"abcd")  # fmt: skip


def asking(*, user_hash: bytes | None = PEER_HASH, crypt: int = 0) -> Asking:
    return Asking(PEER, FILE, CONTROL, user_hash=user_hash, crypt=crypt)


def carried(plan: LinkPlan | None, *heard: bytes) -> ClientLink:
    assert plan is not None
    link = ClientLink(plan, CHANCE, LinkSettings(), 0.0)
    link.opened(0.0)
    for data in heard:
        link.receive(data, 1.0)
    link.closed(2.0)
    return link


def test_a_client_that_speaks_plainly_is_asked_once() -> None:
    made = asking()
    link = carried(made.next_plan(), hello_answer(), status(FILE), no_file(CONTROL))
    made.ended(link, OWN)
    assert made.next_plan() is None
    inquiry = made.result(7)
    assert (inquiry.control, inquiry.own, inquiry.fault) == (Control.REFUSED, OWN, None)
    (transcript,) = inquiry.transcripts
    assert (transcript.purpose, transcript.transport) == (Purpose.STATEMENT, "tcp")
    assert (transcript.own, transcript.remote) == (str(OWN), str(PEER))


def test_who_closes_a_plain_link_is_tried_obfuscated_where_the_user_hash_is_known() -> None:
    made = asking()
    made.ended(carried(made.next_plan()), OWN)
    again = made.next_plan()
    assert again == LinkPlan(FILE, CONTROL, PEER_HASH)
    made.ended(carried(again), OWN)
    assert made.next_plan() is None
    inquiry = made.result(0)
    assert [one.transport for one in inquiry.transcripts] == ["tcp", "tcp+obfuscated"]
    assert inquiry.transcripts[1].secret == PEER_HASH
    assert (inquiry.statement, inquiry.control) == (None, Control.NOT_ASKED)


def test_without_a_user_hash_there_is_no_other_way() -> None:
    made = asking(user_hash=None, crypt=Crypt.REQUIRED)
    assert made.next_plan() == LinkPlan(FILE, CONTROL)
    made.ended(carried(made.next_plan()), OWN)
    assert made.next_plan() is None


def test_who_takes_obfuscated_links_alone_is_asked_so_at_once_and_not_plainly_after() -> None:
    made = asking(crypt=Crypt.REQUIRED | Crypt.SUPPORTED)
    plan = made.next_plan()
    assert plan is not None
    assert plan.user_hash == PEER_HASH
    made.ended(carried(plan), OWN)
    assert made.next_plan() is None


def test_who_breaks_the_rules_or_cannot_be_reached_is_not_called_again() -> None:
    broken, absent = asking(), asking()
    broken.ended(carried(broken.next_plan(), b"\x13"), OWN)
    absent.not_opened("refused connection")
    assert (broken.next_plan(), absent.next_plan()) == (None, None)
    assert absent.result(0).own is None
    assert absent.result(0).fault == "refused connection"
