import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from random import Random
from typing import Any, cast

import pytest

from luzeiro.networks.bittorrent.driver.dht import DhtDriver, HeardPeer, LookupResult, NodeReply
from luzeiro.networks.bittorrent.driver.peers import PeerDriver
from luzeiro.networks.bittorrent.driver.room import BitTorrentRoom, RoomSettings
from luzeiro.networks.bittorrent.session.link import LinkSettings
from luzeiro.networks.bittorrent.watch import WHOLE_TORRENT, WatchedFile, WatchedTorrent
from luzeiro.networks.bittorrent.wire import bencode
from luzeiro.networks.kit.tally import Tally
from luzeiro.observations import exchange
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.exchange import Purpose
from luzeiro.observations.grade import Grade
from luzeiro.observations.record import Observation
from tests.networks.bittorrent.session.test_link import CONTENT, FULL, extended, hello
from tests.networks.bittorrent.wire.torrents import info_dict

INFOHASH = b"\x11" * 20
TARGET = WatchedTorrent(INFOHASH, None, 20, (WatchedFile(0, 0, 19, 0, 19),))
NODE = Endpoint.parse("203.0.113.5", 6881)
LINKS = LinkSettings(
    connect_timeout_s=5.0,
    handshake_timeout_s=5.0,
    grace_s=0.05,
    dwell_s=0.05,
    dwell_none_s=0.05,
    metadata_timeout_s=0.3,
)
Answer = Callable[[bytes], bytes | None]  # what to say to 68 bytes; None: nothing at all


class Peer:
    """A peer on loopback that answers handshakes, and knows who called."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.endpoint = Endpoint.parse("127.0.0.1", 1)
        self.calls = 0
        self.called = asyncio.Event()
        self.left = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.calls += 1
        self.called.set()
        try:
            said = self._answer(await reader.readexactly(68))
            if said != b"":
                writer.write(said or b"")
                await reader.read()  # until the other side has hung up
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.left.set()
            writer.close()


def seeder(*more: bytes, infohash: bytes = INFOHASH, pieces: bytes = FULL) -> Answer:
    """Answers for one torrent, and closes on any other."""
    said = hello(infohash) + pieces + b"".join(more)
    return lambda head: said if head[28:48] == infohash else b""


def silent(_: bytes) -> None:
    return None


@asynccontextmanager
async def swarm(*answers: Answer) -> AsyncIterator[list[Peer]]:
    """Peers at 127.1.0.1, 127.1.0.2 and on."""
    async with AsyncExitStack() as stack:
        peers = []
        for place, answer in enumerate(answers, 1):
            peer = Peer(answer)
            host = f"127.1.0.{place}"
            server = await asyncio.start_server(peer.serve, host, 0)
            stack.callback(server.close)
            peer.endpoint = Endpoint.parse(host, server.sockets[0].getsockname()[1])
            peers.append(peer)
        yield peers


class Hearsay:
    """Stands for the DHT: one node that tells of these peers."""

    def __init__(self, *peers: Endpoint) -> None:
        self._heard = tuple(
            HeardPeer(
                peer,
                (
                    NodeReply(
                        node=NODE,
                        node_id=b"n" * 20,
                        id_fits_address=False,
                        asked_at_us=1_000,
                        told_at_us=2_000,
                        query=b"query",
                        reply=b"reply",
                    ),
                ),
            )
            for peer in peers
        )
        self.asked: list[bytes] = []

    async def lookup(self, infohash: bytes) -> LookupResult:
        self.asked.append(infohash)
        return LookupResult(infohash, 1, 1, self._heard)


def room(
    *given: Peer, dht: Hearsay | None = None, tally: Tally | None = None, peers_per_turn: int = 200
) -> BitTorrentRoom:
    settings = RoomSettings(
        peers=tuple(peer.endpoint for peer in given),
        peers_per_turn=peers_per_turn,
        links_per_address_per_s=100.0,
        links=LINKS,
    )
    tally = tally or Tally()
    return BitTorrentRoom(
        settings,
        cast("DhtDriver | None", dht),
        PeerDriver(settings.links, Random(1), tally),
        random=Random(2),
        tally=tally,
    )


async def turn(
    at: BitTorrentRoom, target: WatchedTorrent = TARGET, stop: asyncio.Event | None = None
) -> dict[Endpoint, Observation]:
    found = await at.turn(target, stop or asyncio.Event())
    assert len({each.remote for each in found}) == len(found)
    return {each.remote: each for each in found}


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:  # Any: what coroutines send
    async def within() -> None:
        async with asyncio.timeout(20):
            await test()

    asyncio.run(within())


def test_peers_named_by_the_operator_are_found_without_a_dht() -> None:
    async def check() -> None:
        async with swarm(seeder(), seeder(pieces=b"\0\0\0\x04\x05\xff\xc0\x00")) as (whole, part):
            found = await turn(room(whole, part))
            assert found[whole.endpoint].grade is found[part.endpoint].grade is Grade.STATED
            assert found[whole.endpoint].completeness == 100.0
            assert found[part.endpoint].completeness == 50.0
            assert [each.means for each in found[whole.endpoint].told_by] == ["given"]
            assert whole.calls == part.calls == 2  # the question, and the control question

    run(check)


def test_a_room_without_bootstrap_nodes_opens_and_closes() -> None:
    async def check() -> None:
        async with swarm(seeder()) as (peer,):
            settings = RoomSettings(peers=(peer.endpoint,), links=LINKS)
            opened = await BitTorrentRoom.open(settings, random=Random(1), tally=Tally())
            assert opened.known_nodes() == []
            assert (await turn(opened))[peer.endpoint].grade is Grade.STATED
            await opened.close()

    run(check)


def test_peers_heard_of_in_the_dht_are_asked_and_keep_their_witness() -> None:
    async def check() -> None:
        async with swarm(seeder()) as (peer,):
            dht = Hearsay(peer.endpoint)
            (found,) = (await turn(room(dht=dht))).values()
            assert dht.asked == [INFOHASH]
            assert found.grade is Grade.STATED
            (witness,) = found.told_by
            assert (witness.endpoint, witness.means, witness.id_fits_address) == (
                NODE,
                "dht",
                False,
            )
            transcripts = exchange.decode(found.exchange)
            assert [each.purpose for each in transcripts] == [
                Purpose.INDEX,
                Purpose.STATEMENT,
                Purpose.CONTROL,
            ]
            assert [frame.data for frame in transcripts[0].frames] == [b"query", b"reply"]

    run(check)


def test_peers_that_a_peer_tells_of_are_asked_too() -> None:
    async def check() -> None:
        async with swarm(seeder()) as (hidden,):
            compact = hidden.endpoint.compact
            told = extended(1, b"d5:added6:" + compact + b"e")
            server = Peer(seeder(told))
            listening = await asyncio.start_server(server.serve, "127.2.0.1", 0)
            server.endpoint = Endpoint.parse("127.2.0.1", listening.sockets[0].getsockname()[1])
            async with listening:
                found = await turn(room(server))
            assert found[hidden.endpoint].grade is Grade.STATED
            (witness,) = found[hidden.endpoint].told_by
            assert (witness.endpoint, witness.means) == (server.endpoint, "pex")
            purposes = [each.purpose for each in exchange.decode(found[hidden.endpoint].exchange)]
            assert purposes == [Purpose.INDEX, Purpose.STATEMENT, Purpose.CONTROL]

    run(check)


def test_our_own_address_is_dropped_when_it_comes_back_to_us() -> None:
    async def check() -> None:
        ours = Endpoint.parse("127.0.0.1", 6881)  # loopback calls from there
        told = extended(1, b"d5:added6:" + ours.compact + b"e")
        tally = Tally()
        async with swarm(seeder(told)) as (peer,):
            found = await turn(room(peer, tally=tally))
            assert set(found) == {peer.endpoint}
            assert tally.counts["own address heard, dropped"] == 1

    run(check)


def test_a_turn_asks_no_more_peers_than_its_limit_and_reports_the_others_as_heard() -> None:
    async def check() -> None:
        tally = Tally()
        async with swarm(*[seeder()] * 5) as peers:
            found = await turn(room(*peers, tally=tally, peers_per_turn=2))
            grades = sorted(each.grade.rank for each in found.values())
            assert grades == [Grade.HEARD.rank] * 3 + [Grade.STATED.rank] * 2
            assert sum(peer.calls for peer in peers) == 4
            assert tally.counts["peers left for another turn"] == 3

    run(check)


def test_stopped_in_mid_turn_it_gives_what_is_in_hand_and_hangs_up() -> None:
    async def check() -> None:
        stop = asyncio.Event()

        class StopAtFirst(Tally):
            def count(self, kind: str, n: int = 1) -> None:
                super().count(kind, n)
                if kind == "handshakes":
                    stop.set()

        async with swarm(seeder(), silent) as (answering, mute):
            found = await turn(room(answering, mute, tally=StopAtFirst()), stop=stop)
            assert found[answering.endpoint].grade is Grade.STATED
            assert found[mute.endpoint].grade is Grade.HEARD
            await mute.left.wait()

    run(check)


def test_stopped_before_it_began_it_asks_nobody() -> None:
    async def check() -> None:
        stop = asyncio.Event()
        stop.set()
        async with swarm(seeder()) as (peer,):
            dht = Hearsay()
            found = await turn(room(peer, dht=dht), stop=stop)
            assert found[peer.endpoint].grade is Grade.HEARD
            assert (peer.calls, dht.asked) == (0, [])

    run(check)


def test_a_cancelled_turn_leaves_no_link_open() -> None:
    async def check() -> None:
        async with swarm(silent) as (mute,):
            task = asyncio.ensure_future(turn(room(mute)))
            await mute.called.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await mute.left.wait()

    run(check)


def test_a_liar_and_a_sender_of_content_stay_below_stated() -> None:
    async def check() -> None:
        def echoes(head: bytes) -> bytes:
            return hello(head[28:48]) + FULL

        pusher = seeder(b"\0\0\x40\x09\x07" + bytes(8) + CONTENT)
        async with swarm(echoes, pusher) as (liar, sender):
            found = await turn(room(liar, sender))
            assert found[liar.endpoint].grade is Grade.REACHED
            assert found[sender.endpoint].grade is Grade.REACHED
            assert "link: content sent unasked" in found[sender.endpoint].doubts
            assert CONTENT[:10] not in found[sender.endpoint].exchange

    run(check)


def test_the_number_of_pieces_is_learnt_once_from_checked_metadata() -> None:
    info = info_dict()
    infohash = hashlib.sha1(info).digest()
    target = WatchedTorrent(infohash, None, None, (WHOLE_TORRENT,))
    told = bencode.encode({b"m": {b"ut_metadata": 3}, b"metadata_size": len(info)})
    said = (
        extended(0, told),
        b"\0\0\0\x02\x05\x80",  # the first of two pieces
        extended(2, b"d8:msg_typei1e5:piecei0ee" + info),
    )

    async def check() -> None:
        async with swarm(seeder(*said[:2], infohash=infohash, pieces=b"")) as (mapless,):
            found = (await turn(room(mapless), target))[mapless.endpoint]
            assert (found.grade, found.completeness) == (Grade.STATED, None)
        async with swarm(seeder(*said, infohash=infohash, pieces=b"")) as (peer,):
            at = room(peer)
            for _ in range(2):  # the second turn does not ask for metadata any more
                found = (await turn(at, target))[peer.endpoint]
                assert (found.grade, found.completeness) == (Grade.STATED, 50.0)

    run(check)


def test_calls_to_one_address_are_spaced() -> None:
    async def check() -> None:
        async with swarm(seeder()) as (peer,):
            at = BitTorrentRoom(
                RoomSettings(peers=(peer.endpoint,), links_per_address_per_s=5.0, links=LINKS),
                None,
                PeerDriver(LINKS, Random(1), Tally()),
                random=Random(2),
                tally=Tally(),
            )
            loop = asyncio.get_running_loop()
            began = loop.time()
            turns: list[Awaitable[object]] = [turn(at) for _ in range(8)]
            await asyncio.gather(*turns)
            assert loop.time() - began >= 3 / 5 - 0.01  # five at once, then five a second

    run(check)
