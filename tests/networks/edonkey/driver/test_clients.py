import asyncio
from random import Random

import pytest

from luzeiro.networks.edonkey.driver.clients import ClientDriver
from luzeiro.networks.edonkey.session.inquiry import Inquiry
from luzeiro.networks.edonkey.session.link import LinkSettings
from luzeiro.networks.kit.tally import Tally
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.grade import Control
from tests.networks.edonkey.answers import EDONKEY, FILE, PEER_HASH, hello_answer, packet
from tests.networks.edonkey.driver.clients import Answer, echoing, running, sharing, silent

QUICK = LinkSettings(connect_timeout_s=2.0, hello_timeout_s=0.3, answer_timeout_s=0.3, grace_s=0.05)


def asked(answer: Answer, *, user_hash: bytes | None = None) -> tuple[Inquiry, Tally]:
    async def run() -> tuple[Inquiry, Tally]:
        tally = Tally()
        driver = ClientDriver(QUICK, b"u" * 16, Random(1), tally)
        async with asyncio.timeout(20), running(answer) as remote:
            return await driver.inquire(remote, FILE, user_hash=user_hash), tally

    return asyncio.run(run())


def test_a_client_that_shares_the_file_is_heard_out() -> None:
    inquiry, tally = asked(sharing())
    assert inquiry.statement is not None
    assert (inquiry.statement.name, inquiry.control) == (b"a.bin", Control.REFUSED)
    assert inquiry.own is not None
    assert (tally.counts["handshakes"], tally.counts["statements"]) == (1, 1)


def test_a_client_that_says_yes_to_everything_is_counted() -> None:
    inquiry, tally = asked(echoing)
    assert inquiry.control is Control.ECHOES_ANYTHING
    assert tally.counts["echoes anything"] == 1


def test_content_that_comes_unasked_ends_the_link_and_is_counted() -> None:
    def pushing(opcode: int, _body: bytes) -> bytes:
        content = packet(EDONKEY, 0x46, FILE + bytes(8) + b"CONTENT" * 100)
        return hello_answer() if opcode == 0x01 else content

    inquiry, tally = asked(pushing)
    assert inquiry.fault == "content sent unasked"
    assert tally.counts["content sent unasked"] == 1
    assert all(b"CONTENT" not in frame.data for one in inquiry.transcripts for frame in one.frames)


def test_a_silent_client_is_tried_obfuscated_where_its_user_hash_is_known() -> None:
    inquiry, tally = asked(silent, user_hash=PEER_HASH)
    assert [one.transport for one in inquiry.transcripts] == ["tcp", "tcp+obfuscated"]
    assert inquiry.statement is None
    assert (tally.counts["links opened"], tally.counts["obfuscated links"]) == (1, 1)


@pytest.mark.parametrize("port", [1])
def test_who_is_not_there_is_told_with_the_reason(port: int) -> None:
    async def run() -> tuple[Inquiry, Tally]:
        tally = Tally()
        driver = ClientDriver(QUICK, b"u" * 16, Random(1), tally)
        return await driver.inquire(Endpoint.parse("127.0.0.1", port), FILE), tally

    inquiry, tally = asyncio.run(run())
    assert (inquiry.own, inquiry.fault) == (None, "refused connection")
    assert tally.counts["links refused"] == 1
