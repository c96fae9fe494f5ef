import pytest

from luzeiro.evidence.verifier.edonkey import (
    ClientSays,
    hear_client,
    is_install,
    questions_in,
    software_of,
)
from luzeiro.networks.edonkey.session.statement import user_hash_form
from luzeiro.networks.edonkey.wire import client
from tests.evidence.ed2k_scenes import FOUND
from tests.evidence.verifier.test_ed2k_packets import link
from tests.networks.edonkey.answers import (
    CONTROL,
    EMULE,
    FILE,
    PEER_HASH,
    hello_answer,
    name,
    no_file,
    packet,
    sources,
    status,
)
from tests.vectors import vector


def said(*chunks: bytes) -> ClientSays:
    return hear_client(link(chunks), FILE, CONTROL)


@pytest.mark.parametrize(
    ("named", "parts", "refused"),
    [("whole", 0, False), ("part", 3, False), ("without", None, True)],
)
def test_what_amule_said_is_read(named: str, parts: int | None, refused: bool) -> None:
    says = hear_client(link([vector(f"edonkey/client/amule-{named}")]), FOUND.target, CONTROL)
    assert (says.parts, says.refused, says.control) == (parts, refused, "refused")
    assert (says.software, says.content) == ("aMule 2.3.3", False)
    assert says.name == (None if refused else b"listed.bin")
    assert says.user_hash is not None
    assert is_install(says.user_hash)
    assert says.public_key is not None


def test_nothing_counts_before_the_hello_and_the_first_hello_counts() -> None:
    says = said(status(FILE), hello_answer(), hello_answer(b"\x22" * 16), no_file(FILE))
    assert (says.parts, says.user_hash, says.refused, says.at_us) == (None, PEER_HASH, True, 4)


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
def test_who_claims_the_random_hash_in_any_way_claims_anything(claim: bytes) -> None:
    assert said(hello_answer(), claim, no_file(CONTROL)).control == "echoes anything"


def test_what_breaks_the_protocol_ends_the_reading_and_content_is_noticed() -> None:
    says = said(hello_answer(), packet(0xE3, 0x50, FILE), status(FILE))
    assert (says.parts, says.content) == (None, False)
    says = said(hello_answer(), status(FILE), packet(EMULE, 0x40, bytes(30)))
    assert (says.parts, says.content) == (0, True)


def test_parts_are_counted_from_the_lowest_bit() -> None:
    says = ClientSays(parts=11, bits=b"\x05\xff")
    assert (says.held(11), says.held(2), ClientSays(parts=0).held(4)) == (5, 1, 4)


def test_all_that_a_collector_says_is_known_and_the_hashes_it_asks_about() -> None:
    messages = (
        client.Hello(bytes(16)),
        client.EmuleInfo(),
        client.SecIdentState(b"abcd"),
        client.RequestFileName(FILE),
        client.SetReqFileId(FILE),
        client.AichFileHashReq(CONTROL),
        client.RequestSources(FILE),
    )
    asked = questions_in(link(sent=b"".join(one.encode() for one in messages)))
    assert asked.strange == []
    assert asked.digests == {
        FILE: {"request file name", "set req file id", "request sources"},
        CONTROL: {"aich file hash request"},
    }


def test_a_hello_that_others_could_answer_by_calling_is_strange() -> None:
    body = bytearray(client.Hello(bytes(16)).encode())
    body[6 + 17 + 4] = 1  # a port
    assert "where others could call" in questions_in(link(sent=bytes(body))).strange[0]


def test_software_and_forms_are_told_as_the_record_tells_them() -> None:
    claimed: tuple[dict[bytes, int | bytes], ...] = (
        {b"\xfb": 3 << 24 | 2 << 17 | 3 << 10 | 3 << 7},
        {b"\xfb": 99 << 24, b"\x55": b"mod \xff"},
        {b"\x11": 60},
    )
    for tags in claimed:
        hello = client.HelloAnswer(bytes(16), 0, 0, tags, bytes(6))
        assert software_of(tags) == hello.client
    for user_hash in (PEER_HASH, bytes(16), bytes(5) + b"\x4d" + bytes(8) + b"\x4c\0"):
        assert is_install(user_hash) == (user_hash_form(user_hash) is not None)
