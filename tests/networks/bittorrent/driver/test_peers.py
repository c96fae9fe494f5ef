import asyncio
import hashlib
import socket
import time
from collections.abc import Callable, Iterator
from random import Random

import libtorrent as lt
import pytest
import uvloop

from luzeiro.networks.bittorrent.driver.peers import PeerDriver
from luzeiro.networks.bittorrent.session.inquiry import Inquiry
from luzeiro.networks.bittorrent.session.link import (
    CONTENT_SENT,
    MALFORMED,
    NO_WORD,
    OTHER_INFOHASH,
    SILENT,
    LinkSettings,
)
from luzeiro.networks.bittorrent.wire import mse, peerwire
from luzeiro.networks.kit.driver.links import NO_SOCKET, REFUSED, TIMED_OUT
from luzeiro.networks.kit.tally import Tally
from luzeiro.observations import exchange
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.exchange import Direction, Purpose
from luzeiro.observations.grade import Control
from luzeiro.observations.record import Bound
from tests.networks.bittorrent.driver.peer import (
    HAVE_ALL,
    INFOHASH,
    PIECES,
    QUICK,
    ask,
    echo,
    peer,
    received,
    unanswered,
    until_closed,
)
from tests.networks.bittorrent.driver.swarm import ENCRYPTED_ONLY, LabTorrent, make_torrent, running

HELD_BY_PARTIAL = 15
CONTENT = b"THIS IS CONTENT " * 1024
PIECE = (9 + len(CONTENT)).to_bytes(4, "big") + b"\x07" + bytes(8) + CONTENT


# What real clients say.


class Asked:
    """Every client asked about what it shares, all at once: the answers under their names."""

    def __init__(self) -> None:
        self.torrents: dict[str, LabTorrent] = {}
        self.answers: dict[str, Inquiry] = {}
        self.tally = Tally()


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    root = tmp_path_factory.mktemp("swarm")
    result = Asked()
    kinds = {"v1": lt.create_torrent.v1_only, "v2": lt.create_torrent.v2_only, "hybrid": 0}
    for number, (kind, flags) in enumerate(kinds.items()):
        result.torrents[kind] = make_torrent(root / kind, number, PIECES, flags)
    v1, v2, hybrid = (result.torrents[kind] for kind in ("v1", "v2", "hybrid"))
    part = root / "part"
    part.mkdir()
    held = 16 * 1024 * HELD_BY_PARTIAL
    (part / "lab.bin").write_bytes(v1.data[:held] + bytes(len(v1.data) - held))
    with running() as swarm:
        swarm.share(swarm.add("whole", "127.2.0.1"), v1, v1.folder)
        swarm.share(swarm.add("part", "127.2.0.2"), v1, part)
        super_seeder = swarm.add("super", "127.2.0.3")
        swarm.share(super_seeder, v1, v1.folder, lt.torrent_flags.super_seeding)
        swarm.share(swarm.add("encrypted", "127.2.0.4", **ENCRYPTED_ONLY), v1, v1.folder)
        both = swarm.add("both", "127.2.0.5")
        swarm.share(both, hybrid, hybrid.folder)
        swarm.share(both, v2, v2.folder)
        swarm.share(swarm.add("ipv6", "::1"), v1, v1.folder)
        wait_until(lambda: swarm.checked)
        uvloop.run(ask_all(result, swarm.peers))
    yield result


async def ask_all(result: Asked, peers: dict[str, Endpoint]) -> None:
    driver = PeerDriver(LinkSettings(), Random(1), result.tally)
    v1, v2, hybrid = (result.torrents[kind] for kind in ("v1", "v2", "hybrid"))
    questions = {name: driver.inquire(peers[name], v1.v1, piece_count=PIECES) for name in peers}
    questions |= {
        "metadata": driver.inquire(peers["whole"], v1.v1, want_metadata=True),
        "metadata encrypted": driver.inquire(peers["encrypted"], v1.v1, want_metadata=True),
        "metadata v2": driver.inquire(peers["both"], v2.v2, v2=True, want_metadata=True),
        "v2": driver.inquire(peers["both"], v2.v2, v2=True, piece_count=PIECES),
        "hybrid by v1": driver.inquire(
            peers["both"], hybrid.v1, alternates=(hybrid.v2,), piece_count=PIECES
        ),
        "hybrid by v2": driver.inquire(
            peers["both"], hybrid.v2, alternates=(hybrid.v1,), v2=True, piece_count=PIECES
        ),
    }
    answers = await asyncio.gather(*questions.values())
    result.answers = dict(zip(questions, answers, strict=True))


def wait_until(holds: Callable[[], bool], within_s: float = 20) -> None:
    end = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < end, "not in time"
        time.sleep(0.05)


@pytest.mark.parametrize(
    "name", ["whole", "ipv6", "encrypted", "v2", "hybrid by v1", "hybrid by v2"]
)
def test_a_seeder_states_all_of_it_and_refuses_the_control_question(
    asked: Asked, name: str
) -> None:
    inquiry = asked.answers[name]
    assert (inquiry.fault, inquiry.doubts, inquiry.control) == (None, (), Control.REFUSED)
    assert inquiry.statement is not None
    assert inquiry.statement.has_all(PIECES)
    assert inquiry.statement.held(0, PIECES - 1) == PIECES
    assert inquiry.statement.bound is Bound.EXACT
    assert (inquiry.statement.client or "").startswith("libtorrent/")
    assert inquiry.statement.upload_only is True
    assert inquiry.statement.encrypted is (name == "encrypted")


def test_a_downloader_states_its_part_to_the_piece(asked: Asked) -> None:
    inquiry = asked.answers["part"]
    assert inquiry.control is Control.REFUSED
    assert inquiry.statement is not None
    assert inquiry.statement.bound is Bound.EXACT
    assert inquiry.statement.held(0, HELD_BY_PARTIAL - 1) == HELD_BY_PARTIAL
    assert inquiry.statement.held(HELD_BY_PARTIAL, PIECES - 1) == 0


def test_a_super_seeder_says_none_and_is_heard_out_until_it_names_a_piece(asked: Asked) -> None:
    inquiry = asked.answers["super"]
    assert (inquiry.fault, inquiry.control) == (None, Control.REFUSED)
    assert inquiry.statement is not None
    assert inquiry.statement.bound is Bound.AT_LEAST
    assert 1 <= inquiry.statement.held(0, PIECES - 1) < PIECES


def test_a_peer_that_speaks_only_encrypted_is_asked_again_encrypted(asked: Asked) -> None:
    transcripts = asked.answers["encrypted"].transcripts
    assert [(one.purpose, one.transport) for one in transcripts] == [
        (Purpose.STATEMENT, "tcp"),
        (Purpose.STATEMENT, "tcp+mse"),
        (Purpose.CONTROL, "tcp+mse"),
    ]
    assert asked.answers["encrypted"].statement is not None
    assert not received(transcripts[0])


def test_an_encrypted_transcript_can_be_read_by_anybody_who_has_it(asked: Asked) -> None:
    recorded = asked.answers["encrypted"].transcripts[1]
    (kept,) = exchange.decode(exchange.encode([recorded]))
    infohash = asked.torrents["v1"].v1
    key = int.from_bytes(kept.secret, "big")
    plain = mse.payload_received([received(kept)], key, infohash)
    assert infohash not in received(kept)
    assert peerwire.decode_handshake(plain[:68]).infohash == infohash
    said = [type(message).__name__ for message in peerwire.Stream().feed(plain[68:])]
    assert "HaveAll" in said


@pytest.mark.parametrize(
    ("name", "torrent", "algorithm"),
    [
        ("metadata", "v1", "sha1"),
        ("metadata encrypted", "v1", "sha1"),
        ("metadata v2", "v2", "sha256"),
    ],
)
def test_the_metadata_is_fetched_where_it_is_wanted_and_fits_the_infohash(
    asked: Asked, name: str, torrent: str, algorithm: str
) -> None:
    metadata = asked.answers[name].metadata
    assert metadata is not None
    wanted = asked.torrents[torrent].v1 if algorithm == "sha1" else asked.torrents[torrent].v2
    assert hashlib.new(algorithm, metadata).digest()[:20] == wanted
    assert asked.answers["whole"].metadata is None


def test_a_peer_without_the_torrent_closes_both_ways_and_states_nothing(asked: Asked) -> None:
    inquiry = asked.answers["both"]  # asked for the torrent that it does not share
    assert (inquiry.statement, inquiry.fault) == (None, NO_WORD)
    assert inquiry.control is Control.NOT_ASKED
    assert [one.transport for one in inquiry.transcripts] == ["tcp", "tcp+mse"]


def test_we_say_nothing_but_that_we_hold_nothing_and_listen(asked: Asked) -> None:
    said, peer_ids = set(), list[bytes]()
    for inquiry in asked.answers.values():
        for transcript in inquiry.transcripts:
            if transcript.transport == "tcp":
                sent = b"".join(
                    frame.data for frame in transcript.frames if frame.direction is Direction.SENT
                )
                peer_ids.append(peerwire.decode_handshake(sent[:68]).peer_id)
                said |= {type(message) for message in peerwire.Stream().feed(sent[68:])}
    assert said == {peerwire.HoldsNone, peerwire.Extended}
    assert len(set(peer_ids)) == len(peer_ids)  # chance each time: the name of no client


def test_each_link_is_counted_by_what_came_of_it(asked: Asked) -> None:
    counts = asked.tally.counts
    with_statement = [one for one in asked.answers.values() if one.statement]
    assert counts["handshakes"] == counts["statements"] == len(with_statement) == 11
    assert counts["mse links"] == 5  # two of each encrypted inquiry, one of the peer without
    assert counts[NO_WORD] == 1
    assert not counts["echoes anything"] + counts[MALFORMED] + counts["links refused"]


# What others say.


def test_a_liar_that_takes_any_infohash_is_found_out() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(echo(await reader.readexactly(68)) + HAVE_ALL)
        await until_closed(reader)

    inquiry, tally = ask(talk)
    assert inquiry.control is Control.ECHOES_ANYTHING
    assert inquiry.statement is not None
    assert inquiry.statement.said_all
    assert tally.counts["echoes anything"] == 1


def test_the_control_question_is_for_another_infohash_each_time() -> None:
    asked_for = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readexactly(68)
        asked_for.append(head[28:48])
        if head[28:48] == INFOHASH:
            writer.write(echo(head) + HAVE_ALL)
            await until_closed(reader)

    async def run() -> None:
        driver = PeerDriver(QUICK, Random(1), Tally())
        async with peer(talk) as (remote, _):
            for _ in range(2):
                inquiry = await driver.inquire(remote, INFOHASH, piece_count=PIECES)
                assert inquiry.control is Control.REFUSED

    uvloop.run(run())
    assert asked_for[0] == asked_for[2] == INFOHASH
    assert len(set(asked_for)) == 3


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("first", [b"", HAVE_ALL, PIECE[:4], PIECE[:5], PIECE[:13]])
def test_content_sent_unasked_closes_the_link_and_is_kept_nowhere(
    first: bytes, together: bool
) -> None:
    closed_by_us = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = echo(await reader.readexactly(68))
        # Either all in one chunk, or cut somewhere in the header of the piece.
        rest = PIECE if first == HAVE_ALL else PIECE[len(first) :]
        writer.write(head + first + rest if together else head + first)
        if not together:
            await asyncio.sleep(0.02)
            writer.write(rest)
        await until_closed(reader)
        closed_by_us.append(True)

    inquiry, tally = ask(talk, settings=LinkSettings(handshake_timeout_s=5))
    assert inquiry.fault == CONTENT_SENT
    assert tally.counts[CONTENT_SENT] == 1
    assert closed_by_us == [True]
    (transcript,) = inquiry.transcripts
    kept = HAVE_ALL if first == HAVE_ALL else b""
    assert received(transcript) == echo(b"", INFOHASH) + kept
    assert inquiry.control is Control.NOT_ASKED  # it broke the rules: it is not called again


def test_content_sent_after_a_control_question_is_kept_nowhere_either() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readexactly(68)
        writer.write(echo(head) + (HAVE_ALL if head[28:48] == INFOHASH else PIECE))
        await until_closed(reader)

    inquiry, _ = ask(talk)
    assert inquiry.control is Control.ECHOES_ANYTHING
    assert b"CONTENT" not in exchange.encode(inquiry.transcripts)


def test_a_server_of_another_protocol_is_malformed_and_its_body_is_not_kept() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(68)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n" + b"x" * 1000 + CONTENT)
        await until_closed(reader)

    inquiry, tally = ask(talk)
    assert (inquiry.statement, inquiry.fault) == (None, MALFORMED)
    assert tally.counts[MALFORMED] == 1
    assert b"CONTENT" not in exchange.encode(inquiry.transcripts)


def test_another_infohash_is_a_fault_unless_it_is_known_to_be_the_same_torrent() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readexactly(68)
        if head[28:48] == INFOHASH:
            writer.write(echo(head, b"\x22" * 20) + HAVE_ALL)
            await until_closed(reader)

    stranger, tally = ask(talk)
    assert (stranger.statement, stranger.fault) == (None, OTHER_INFOHASH)
    assert tally.counts[OTHER_INFOHASH] == 1
    known, _ = ask(talk, alternates=(b"\x22" * 20,))
    assert known.fault is None
    assert known.statement is not None
    assert known.control is Control.REFUSED


def test_a_peer_that_only_waits_is_left_after_both_ways_were_tried() -> None:
    async def talk(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await until_closed(reader)

    inquiry, tally = ask(talk)
    assert (inquiry.statement, inquiry.fault) == (None, SILENT)
    assert [one.transport for one in inquiry.transcripts] == ["tcp", "tcp+mse"]
    assert tally.counts[SILENT] == 1


def test_a_reset_is_an_unknown_and_not_an_answer() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(68)
        writer.transport.abort()

    inquiry, _ = ask(talk)
    assert (inquiry.statement, inquiry.fault) == (None, NO_WORD)
    assert inquiry.control is Control.NOT_ASKED


def test_a_peer_that_speaks_a_byte_at_a_time_is_heard() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readexactly(68)
        if head[28:48] == INFOHASH:
            for byte in echo(head) + HAVE_ALL:
                writer.write(bytes([byte]))
                await asyncio.sleep(0.001)
            await until_closed(reader)

    inquiry, _ = ask(talk)
    assert inquiry.statement is not None
    assert inquiry.statement.said_all


def test_a_link_leaves_from_the_address_that_was_named_and_the_record_says_so() -> None:
    seen = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(writer.get_extra_info("peername")[:2])
        writer.write(echo(await reader.readexactly(68)) + HAVE_ALL)
        await until_closed(reader)

    inquiry, _ = ask(talk, own=Endpoint.parse("127.3.0.9", 0))
    assert inquiry.own is not None
    assert (inquiry.own.host, inquiry.own.port) == seen[0]
    assert inquiry.own.host == "127.3.0.9"
    assert inquiry.transcripts[0].own == str(inquiry.own)


def test_over_ipv6_the_record_names_both_ends() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(echo(await reader.readexactly(68)) + HAVE_ALL)
        await until_closed(reader)

    inquiry, _ = ask(talk, host="::1")
    assert inquiry.own is not None
    assert (inquiry.own.host, inquiry.own.is_v4) == ("::1", False)
    assert inquiry.transcripts[0].remote.startswith("[::1]:")


# Where no link is opened.


def test_a_closed_port_is_a_refused_link() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound, not listening: nobody else takes it meanwhile
        inquiry, tally = unanswered(Endpoint.parse(*unused.getsockname()))
    assert (inquiry.fault, inquiry.own, inquiry.transcripts) == (REFUSED, None, ())
    assert tally.counts == {"links refused": 1, "pex peers": 0}


def test_a_peer_that_takes_no_link_times_out() -> None:
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for filler in (first, second):  # now the queue is full, and the system drops what comes
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        inquiry, tally = unanswered(Endpoint.parse(*full.getsockname()))
    assert inquiry.fault == TIMED_OUT
    assert tally.counts["links timed out"] == 1


def test_no_socket_to_spare_is_our_trouble_and_not_the_peers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def run() -> Inquiry:
        async def create_connection(*_: object, **__: object) -> None:
            raise OSError(24, "Too many open files")

        driver = PeerDriver(QUICK, Random(1), Tally())
        loop = asyncio.get_running_loop()
        monkeypatch.setattr(loop, "create_connection", create_connection)
        return await driver.inquire(Endpoint.parse("192.0.2.1", 6881), INFOHASH)

    assert asyncio.run(run()).fault == NO_SOCKET


def test_no_more_links_are_open_at_once_than_the_settings_allow() -> None:
    open_now, most = 0, 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        head = await reader.readexactly(68)
        if head[28:48] == INFOHASH:
            writer.write(echo(head) + HAVE_ALL)
            await until_closed(reader)
        open_now -= 1

    async def run() -> list[Inquiry]:
        settings = LinkSettings(grace_s=0.05, links_at_once=3)
        driver = PeerDriver(settings, Random(1), Tally())
        async with peer(talk) as (remote, _):
            return await asyncio.gather(
                *(driver.inquire(remote, INFOHASH, piece_count=PIECES) for _ in range(12))
            )

    inquiries = uvloop.run(run())
    assert all(one.control is Control.REFUSED for one in inquiries)
    assert 1 < most <= 3 + 1  # the peer may notice our close after we have opened the next


def test_an_inquiry_that_is_cancelled_hangs_up() -> None:
    async def run() -> None:
        hung_up, begun = asyncio.Event(), asyncio.Event()

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(echo(await reader.readexactly(68)))
            begun.set()
            await until_closed(reader)
            hung_up.set()

        async with peer(talk) as (remote, _):
            driver = PeerDriver(LinkSettings(), Random(1), Tally())
            asking = asyncio.ensure_future(driver.inquire(remote, INFOHASH))
            await begun.wait()
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            await asyncio.wait_for(hung_up.wait(), 5)

    uvloop.run(run())
