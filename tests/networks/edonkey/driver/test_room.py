import asyncio
from random import Random
from uuid import UUID

from luzeiro.networks.edonkey.driver.room import EdonkeyRoom, RoomSettings, user_hash_of
from luzeiro.networks.edonkey.session.link import LinkSettings
from luzeiro.networks.edonkey.session.statement import user_hash_form
from luzeiro.networks.edonkey.watch import WatchedEd2kFile
from luzeiro.networks.kit.tally import Tally
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.grade import Grade
from luzeiro.observations.record import Observation
from tests.networks.edonkey.answers import FILE, hello_answer, source, sources, status
from tests.networks.edonkey.driver.clients import Answer, echoing, running, sharing, silent

TARGET = WatchedEd2kFile(FILE, 25_000_000)
QUICK = LinkSettings(connect_timeout_s=1.0, hello_timeout_s=0.3, answer_timeout_s=0.3, grace_s=0.05)


async def turn(peers: list[Endpoint], tally: Tally, limit: int = 200) -> list[Observation]:
    settings = RoomSettings(
        user_hash=b"u" * 16,
        peers=tuple(peers),
        links=QUICK,
        links_per_address_per_s=1000.0,
        peers_per_turn=limit,
    )
    room = await EdonkeyRoom.open(settings, random=Random(1), tally=tally)
    try:
        async with asyncio.timeout(20):
            return await room.turn(TARGET, asyncio.Event())
    finally:
        await room.close()


def observed(answer: Answer) -> Observation:
    async def run() -> Observation:
        async with running(answer) as peer:
            (seen,) = await turn([peer], Tally())
            return seen

    return asyncio.run(run())


def test_each_sharer_is_graded_by_what_it_says_itself() -> None:
    whole, part = observed(sharing()), observed(sharing(3, b"\x05"))
    assert (whole.grade, whole.completeness) == (Grade.STATED, 100.0)
    assert (part.grade, round(part.completeness or 0)) == (Grade.STATED, 67)
    assert observed(echoing).grade is Grade.REACHED
    assert observed(silent).grade is Grade.HEARD


def test_who_a_client_tells_of_is_asked_too_and_told_of_by_it() -> None:
    async def run() -> list[Observation]:
        async with running(sharing(), host="127.0.0.2") as other:

            def telling(opcode: int, body: bytes) -> bytes:
                if opcode == 0x01:
                    return hello_answer()
                told = sources(FILE, source(other.packed[12:], other.port))
                return told if opcode == 0x81 else sharing()(opcode, body)

            async with running(telling, host="127.0.0.3") as peer:
                return await turn([peer], Tally())

    first, second = asyncio.run(run())
    assert (first.grade, second.grade) == (Grade.STATED, Grade.STATED)
    (witness,) = second.told_by
    assert (witness.means, witness.endpoint) == ("source exchange", first.remote)


def test_what_is_too_much_for_one_turn_is_counted_and_heard_of_all_the_same() -> None:
    async def run(tally: Tally) -> list[Observation]:
        async with running(sharing()) as one, running(sharing()) as two:
            return await turn([one, two], tally, limit=1)

    tally = Tally()
    grades = sorted(seen.grade for seen in asyncio.run(run(tally)))
    assert grades == [Grade.HEARD, Grade.STATED]
    assert tally.counts["peers left for another turn"] == 1


def test_our_own_address_and_impossible_ones_are_dropped() -> None:
    async def run(tally: Tally) -> list[Observation]:
        told = sources(FILE, source(b"\x7f\0\0\1", 9), source(b"\xe0\0\0\1", 9))

        def telling(opcode: int, body: bytes) -> bytes:
            if opcode == 0x01:
                return hello_answer()
            return told if opcode == 0x81 else status(body) if opcode == 0x4F else b""

        async with running(telling) as peer:
            return await turn([peer], tally)

    tally = Tally()
    assert len(asyncio.run(run(tally))) == 1
    assert tally.counts["own address heard, dropped"] == 1
    assert tally.counts["impossible address heard, dropped"] == 1


def test_a_turn_that_is_stopped_gives_what_is_in_hand() -> None:
    async def run() -> list[Observation]:
        async with running(silent) as peer:
            settings = RoomSettings(user_hash=b"u" * 16, peers=(peer,))
            room = await EdonkeyRoom.open(settings, random=Random(1), tally=Tally())
            stop = asyncio.Event()
            asyncio.get_running_loop().call_later(0.1, stop.set)
            async with asyncio.timeout(10):
                seen = await room.turn(TARGET, stop)
            await room.close()
            return seen

    (seen,) = asyncio.run(run())
    assert (seen.grade, seen.own) == (Grade.HEARD, None)


def test_a_collector_always_goes_by_one_user_hash_in_emules_form() -> None:
    first, second = user_hash_of(UUID(int=1)), user_hash_of(UUID(int=2))
    assert first == user_hash_of(UUID(int=1))
    assert first != second
    assert user_hash_form(first) == "eMule"
