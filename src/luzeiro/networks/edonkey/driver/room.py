"""One turn of one file: who is said to share it, and what each of them says itself."""

import asyncio
import hashlib
import time
from collections import deque
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from luzeiro.networks.edonkey.driver.clients import ClientDriver
from luzeiro.networks.edonkey.driver.kad import KadDriver
from luzeiro.networks.edonkey.driver.servers import ServerDriver
from luzeiro.networks.edonkey.observe import SharerTurn, observe
from luzeiro.networks.edonkey.session.heard import (
    HeardSource,
    Telling,
    ToldSource,
    by_address,
    from_exchange,
)
from luzeiro.networks.edonkey.session.inquiry import Inquiry
from luzeiro.networks.edonkey.session.kad import KadSettings
from luzeiro.networks.edonkey.session.link import LinkSettings
from luzeiro.networks.edonkey.session.server import ServerSettings
from luzeiro.networks.edonkey.watch import WatchedEd2kFile
from luzeiro.networks.edonkey.wire.kad import Contact
from luzeiro.networks.kit.budgets import RateBudget
from luzeiro.networks.kit.driver.waiting import first_of
from luzeiro.networks.kit.subnets import is_askable
from luzeiro.networks.kit.tally import Tally
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.exchange import Purpose, Transcript
from luzeiro.observations.record import Observation

_ADDRESSES_REMEMBERED = 100_000

Told = tuple[ToldSource, Telling]
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomSettings:
    """How the room goes about its work; part of the configuration that each sighting names."""

    user_hash: bytes = b""  # ours: `user_hash_of` the collector
    own: Endpoint | None = None  # what to bind to (IPv4); None: the system chooses
    kad: tuple[Endpoint, ...] = ()  # Kad nodes to begin with, by address
    contacts: tuple[Contact, ...] = ()  # Kad nodes to begin with, of a nodes.dat
    servers: tuple[Endpoint, ...] = ()
    peers: tuple[Endpoint, ...] = ()  # clients to ask about every target, named by the operator
    peers_per_turn: int = 200  # of one file; the others are counted and left for another turn
    links_per_address_per_s: float = 0.5
    lookups: KadSettings = field(default_factory=KadSettings)
    links: LinkSettings = field(default_factory=LinkSettings)
    logins: ServerSettings = field(default_factory=ServerSettings)


class EdonkeyRoom:
    """Carries turns: Kad and servers, then a link to each sharer heard of. Decides nothing else."""

    def __init__(
        self,
        settings: RoomSettings,
        kad: KadDriver | None,
        servers: ServerDriver | None,
        clients: ClientDriver,
        *,
        random: Random,
        tally: Tally,
    ) -> None:
        self.tally = tally
        self._settings, self._random = settings, random
        self._kad, self._servers, self._clients = kad, servers, clients
        self._spacing: dict[bytes, RateBudget] = {}
        self._own: set[bytes] = {settings.own.packed} if settings.own else set()

    @classmethod
    async def open(cls, settings: RoomSettings, *, random: Random, tally: Tally) -> "EdonkeyRoom":
        """Bind the sockets.

        Raises:
            BindError: an address or port cannot be had.
        """
        user_hash = settings.user_hash
        kad = servers = None
        if settings.kad or settings.contacts:
            own = settings.own or Endpoint.parse("0.0.0.0", 0)
            kad = await KadDriver.open(
                own, settings.kad, settings.contacts, settings.lookups, random, tally
            )
        if settings.servers:
            servers = await ServerDriver.open(
                settings.servers, settings.logins, user_hash, tally, own=settings.own
            )
        clients = ClientDriver(settings.links, user_hash, random, tally, own=settings.own)
        return cls(settings, kad, servers, clients, random=random, tally=tally)

    async def close(self) -> None:
        if self._servers is not None:
            await self._servers.close()
        if self._kad is not None:
            await self._kad.close()

    def known_nodes(self) -> list[Endpoint]:
        """Kad nodes that answered, to begin with after a restart."""
        return self._kad.known_nodes() if self._kad is not None else []

    async def turn(self, target: WatchedEd2kFile, stop: asyncio.Event) -> list[Observation]:
        """Look for one file once. When `stop` is set, give what is in hand by then."""
        told = await self._ask_around(target, stop)
        inquiries, exchanged = await self._ask_each(target, by_address(told), stop)
        return [
            observe(SharerTurn(source, inquiries.get(source.address)), target)
            for source in by_address([*told, *exchanged])
        ]

    async def _ask_around(self, target: WatchedEd2kFile, stop: asyncio.Event) -> list[Told]:
        now_us = time.time_ns() // 1000
        told: list[Told] = [
            (ToldSource(peer.compact, None, 0), Telling(peer, "given", now_us, now_us, None))
            for peer in self._settings.peers
        ]
        asked: list[Coroutine[Any, Any, list[Told]]] = []  # Any: what a coroutine is sent
        if self._kad is not None:
            asked.append(self._ask_kad(self._kad, target))
        if self._servers is not None:
            asked.append(self._servers.sources(target.digest, target.size_bytes))
        for found in await _each_unless_stopped(asked, stop):
            told += found
        return [one for one in told if not self._is_out_of_the_question(one[0])]

    async def _ask_kad(self, kad: KadDriver, target: WatchedEd2kFile) -> list[Told]:
        result = await kad.lookup(target.digest, target.size_bytes)
        return [told for source in result.heard for told in source.told]

    def _is_out_of_the_question(self, source: ToldSource) -> bool:
        """Our own address, or none that anybody could have."""
        if source.endpoint.packed in self._own:
            self.tally.count("own address heard, dropped")
            return True
        if source.is_open and not is_askable(source.address):
            self.tally.count("impossible address heard, dropped")
            return True
        return False

    async def _ask_each(
        self, target: WatchedEd2kFile, heard: tuple[HeardSource, ...], stop: asyncio.Event
    ) -> tuple[dict[bytes, Inquiry], list[Told]]:
        """Ask every sharer heard of, and those that they tell of, up to the limit of a turn."""
        known = {source.address for source in heard}
        waiting = deque(self._random.sample(heard, len(heard)))
        inquiries: dict[bytes, Inquiry] = {}
        exchanged: list[Told] = []
        under_way: set[asyncio.Task[Inquiry]] = set()
        left = self._settings.peers_per_turn
        try:
            while ((waiting and left) or under_way) and not stop.is_set():
                while waiting and left:
                    source = waiting.popleft()
                    if source.is_open:
                        left -= 1
                        under_way.add(asyncio.ensure_future(self._ask(target, source)))
                finished = await first_of(under_way, stop) if under_way else set()
                under_way -= finished
                for task in finished:
                    inquiry = task.result()
                    inquiries[inquiry.remote.compact] = inquiry
                    told = self._hearsay(inquiry)
                    exchanged += told
                    fresh = by_address(one for one in told if one[0].address not in known)
                    known.update(source.address for source in fresh)
                    waiting.extend(fresh)
        finally:  # stopped, or cancelled ourselves: no link outlives its turn
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)
        self.tally.count("peers left for another turn", sum(one.is_open for one in waiting))
        return inquiries, exchanged

    async def _ask(self, target: WatchedEd2kFile, source: HeardSource) -> Inquiry:
        await self._keep_distance(source.endpoint)
        self.tally.count("peers asked")
        user_hash = next(iter(source.user_hashes), None)
        return await self._clients.inquire(
            source.endpoint, target.digest, user_hash=user_hash, crypt=source.crypt
        )

    async def _keep_distance(self, peer: Endpoint) -> None:
        """Wait until this address may be called again: a household is not to be hammered."""
        if len(self._spacing) > _ADDRESSES_REMEMBERED:
            self._spacing.clear()
        rate = self._settings.links_per_address_per_s
        budget = self._spacing.setdefault(peer.packed, RateBudget(rate, burst=max(1.0, rate)))
        while not budget.take(now := asyncio.get_running_loop().time()):
            await asyncio.sleep(budget.next_at(now) - now)

    def _hearsay(self, inquiry: Inquiry) -> list[Told]:
        """What one client told of others."""
        if inquiry.own is not None:
            self._own.add(inquiry.own.packed)
        transcript = _as_hearsay(inquiry)
        told = []
        for source, told_at_us in inquiry.sources:
            telling = Telling(
                inquiry.remote, "source exchange", told_at_us, inquiry.started_at_us, transcript
            )
            told.append((from_exchange(source), telling))
        return [one for one in told if not self._is_out_of_the_question(one[0])]


def user_hash_of(collector: UUID) -> bytes:
    """Give the user hash that a collector goes by, in eMule's form; the same at every run.

    aMule bans, for two hours, an address that comes under another user hash (CClientList::
    ComparePriorUserhash); whom it has banned it answers nothing.
    """
    digest = hashlib.blake2s(collector.bytes, person=b"ed2kuser", digest_size=16).digest()
    user_hash = bytearray(digest)
    user_hash[5], user_hash[14] = 0x0E, 0x6F
    return bytes(user_hash)


def _as_hearsay(inquiry: Inquiry) -> Transcript | None:
    """The link over which a client told of others, as what it is for these: an index's word."""
    if not inquiry.transcripts:
        return None
    return replace(inquiry.transcripts[-1], purpose=Purpose.INDEX)


async def _each_unless_stopped(
    work: Iterable[Coroutine[Any, Any, _Result]], stop: asyncio.Event
) -> list[_Result]:
    """Give the results of `work`, of each that came before `stop`."""
    tasks = [asyncio.ensure_future(one) for one in work]
    under_way = set(tasks)
    while under_way and not stop.is_set():
        under_way -= await first_of(under_way, stop)
    for task in under_way:
        task.cancel()
    await asyncio.gather(*under_way, return_exceptions=True)
    return [task.result() for task in tasks if task not in under_way]
