"""One turn of one torrent: who is said to have it, and what each of them says itself."""

import asyncio
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random

from luzeiro.networks.bittorrent.driver.dht import DhtDriver, DhtSettings, HeardPeer
from luzeiro.networks.bittorrent.driver.peers import PeerDriver
from luzeiro.networks.bittorrent.observe import PeerTurn, observe, utc
from luzeiro.networks.bittorrent.session.inquiry import Inquiry
from luzeiro.networks.bittorrent.session.link import LinkSettings
from luzeiro.networks.bittorrent.watch import WatchedTorrent, wire_infohash
from luzeiro.networks.bittorrent.wire.metainfo import parse_info
from luzeiro.networks.kit.budgets import RateBudget
from luzeiro.networks.kit.driver.waiting import first_of, unless_stopped
from luzeiro.networks.kit.errors import WireError
from luzeiro.networks.kit.tally import Tally
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.exchange import Direction, Frame, Purpose, Transcript
from luzeiro.observations.identifiers import Identifier, IdentifierKind
from luzeiro.observations.record import Observation, Witness

_ADDRESSES_REMEMBERED = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomSettings:
    """How the room goes about its work; part of the configuration that each sighting names."""

    own: Endpoint | None = None  # what to bind to (IPv4); None: the system chooses
    own_v6: Endpoint | None = None
    bootstrap: tuple[Endpoint, ...] = ()  # DHT nodes to begin with; none: no DHT
    peers: tuple[Endpoint, ...] = ()  # peers to ask about every target, named by the operator
    peers_per_turn: int = 200  # of one torrent; the others are counted and left for another turn
    links_per_address_per_s: float = 2.0
    dht: DhtSettings = field(default_factory=DhtSettings)
    links: LinkSettings = field(default_factory=LinkSettings)


@dataclass(slots=True)
class _Heard:
    """What has been heard about one peer in this turn."""

    identifier: Identifier
    witnesses: list[Witness]
    transcripts: list[Transcript]
    asked_at_us: int


class BitTorrentRoom:
    """Carries turns: DHT look-ups, then a link to each peer heard of. Decides nothing else."""

    def __init__(
        self,
        settings: RoomSettings,
        dht: DhtDriver | None,
        peers: PeerDriver,
        *,
        random: Random,
        tally: Tally,
    ) -> None:
        self.tally = tally
        self._settings, self._dht, self._peers, self._random = settings, dht, peers, random
        self._piece_counts: dict[Identifier, int] = {}  # from checked BEP 9 metadata
        self._spacing: dict[bytes, RateBudget] = {}
        self._own: set[bytes] = {own.packed for own in (settings.own, settings.own_v6) if own}

    @classmethod
    async def open(
        cls, settings: RoomSettings, *, random: Random, tally: Tally
    ) -> "BitTorrentRoom":
        """Bind the sockets.

        Raises:
            BindError: an address or port cannot be had.
        """
        dht = None
        if settings.bootstrap:
            own = settings.own or Endpoint.parse("0.0.0.0", 0)
            dht = await DhtDriver.open(
                own, settings.own_v6, settings.bootstrap, settings.dht, random, tally
            )
        peers = PeerDriver(settings.links, random, tally, own=settings.own)
        return cls(settings, dht, peers, random=random, tally=tally)

    async def close(self) -> None:
        await self._peers.close()
        if self._dht is not None:
            await self._dht.close()

    def known_nodes(self) -> list[Endpoint]:
        """DHT nodes that answered, to begin with after a restart."""
        return self._dht.known_nodes() if self._dht is not None else []

    async def turn(self, target: WatchedTorrent, stop: asyncio.Event) -> list[Observation]:
        """Look for one torrent once. When `stop` is set, give what is in hand by then."""
        heard = await self._ask_around(target, stop)
        inquiries = await self._ask_each(target, heard, stop)
        piece_count = self._piece_count(target, inquiries)
        observations = []
        for peer, about in heard.items():
            turn = PeerTurn(
                peer=peer,
                identifier=about.identifier,
                witnesses=tuple(about.witnesses),
                hearsay=tuple(about.transcripts),
                asked_at_us=about.asked_at_us,
                inquiry=inquiries.get(peer),
            )
            observations += observe(turn, target.files, piece_count)
        return observations

    async def _ask_around(
        self, target: WatchedTorrent, stop: asyncio.Event
    ) -> dict[Endpoint, _Heard]:
        heard: dict[Endpoint, _Heard] = {}
        now_us = time.time_ns() // 1000
        for peer in self._settings.peers:
            witness = Witness(peer, "given", utc(now_us))
            heard[peer] = _Heard(target.identifiers[0], [witness], [], now_us)
        if self._dht is None:
            return heard
        for identifier in target.identifiers:
            if stop.is_set():
                break
            found = await unless_stopped(self._dht.lookup(wire_infohash(identifier)), stop)
            for told in found.heard if found else ():
                self._note(heard, identifier, told)
        return heard

    def _note(self, heard: dict[Endpoint, _Heard], identifier: Identifier, told: HeardPeer) -> None:
        if self._is_ourselves(told.peer):
            return
        about = heard.setdefault(
            told.peer, _Heard(identifier, [], [], min(reply.asked_at_us for reply in told.replies))
        )
        for reply in told.replies:
            about.witnesses.append(
                Witness(
                    reply.node, "dht", utc(reply.told_at_us), reply.node_id, reply.id_fits_address
                )
            )
            frames = (
                Frame(Direction.SENT, reply.asked_at_us, reply.query),
                Frame(Direction.RECEIVED, reply.told_at_us, reply.reply),
            )
            about.transcripts.append(Transcript(Purpose.INDEX, "udp", "", str(reply.node), frames))

    def _is_ourselves(self, peer: Endpoint) -> bool:
        if peer.packed in self._own:
            self.tally.count("own address heard, dropped")
            return True
        return False

    async def _ask_each(
        self, target: WatchedTorrent, heard: dict[Endpoint, _Heard], stop: asyncio.Event
    ) -> dict[Endpoint, Inquiry]:
        """Ask every peer heard of, and those that they tell of, up to the limit of a turn."""
        inquiries: dict[Endpoint, Inquiry] = {}
        waiting = deque(self._random.sample(list(heard), len(heard)))
        under_way: set[asyncio.Task[Inquiry]] = set()
        left = self._settings.peers_per_turn
        try:
            while ((waiting and left) or under_way) and not stop.is_set():
                while waiting and left:
                    left -= 1
                    peer = waiting.popleft()
                    under_way.add(asyncio.ensure_future(self._ask(target, peer, heard[peer])))
                finished = await first_of(under_way, stop)
                under_way -= finished
                for task in finished:
                    inquiry = task.result()
                    inquiries[inquiry.remote] = inquiry
                    waiting.extend(self._hearsay(inquiry, heard))
        finally:  # stopped, or cancelled ourselves: no link outlives its turn
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)
        if waiting:
            self.tally.count("peers left for another turn", len(waiting))
        return inquiries

    async def _ask(self, target: WatchedTorrent, peer: Endpoint, about: _Heard) -> Inquiry:
        await self._keep_distance(peer)
        self.tally.count("peers asked")
        piece_count = target.piece_count or self._piece_counts.get(target.identifiers[0])
        others = tuple(
            wire_infohash(other) for other in target.identifiers if other != about.identifier
        )
        return await self._peers.inquire(
            peer,
            wire_infohash(about.identifier),
            alternates=others,
            piece_count=piece_count,
            want_metadata=piece_count is None,
            v2=about.identifier.kind is IdentifierKind.BTMH,
        )

    async def _keep_distance(self, peer: Endpoint) -> None:
        """Wait until this address may be called again: a household is not to be hammered."""
        if len(self._spacing) > _ADDRESSES_REMEMBERED:
            self._spacing.clear()
        rate = self._settings.links_per_address_per_s
        budget = self._spacing.setdefault(peer.packed, RateBudget(rate, burst=max(1.0, rate)))
        while not budget.take(now := asyncio.get_running_loop().time()):
            await asyncio.sleep(budget.next_at(now) - now)

    def _hearsay(self, inquiry: Inquiry, heard: dict[Endpoint, _Heard]) -> Iterator[Endpoint]:
        """Note the peers that this one told of, and give those that are new."""
        if inquiry.own is not None:
            self._own.add(inquiry.own.packed)
        about = heard[inquiry.remote]
        for told in inquiry.heard:
            if self._is_ourselves(told.peer):
                continue
            if told.peer not in heard:
                heard[told.peer] = _Heard(
                    about.identifier, [], _as_hearsay(inquiry), inquiry.started_at_us
                )
                yield told.peer
            witness = Witness(inquiry.remote, "pex", utc(told.told_at_us))
            heard[told.peer].witnesses.append(witness)

    def _piece_count(
        self, target: WatchedTorrent, inquiries: dict[Endpoint, Inquiry]
    ) -> int | None:
        """The torrent's number of pieces: vetted, or from metadata that fits the infohash."""
        if target.piece_count is not None:
            return target.piece_count
        first = target.identifiers[0]
        for inquiry in inquiries.values():
            if first not in self._piece_counts and inquiry.metadata is not None:
                try:
                    self._piece_counts[first] = parse_info(inquiry.metadata).piece_count
                except WireError:
                    self.tally.count("metadata malformed")
        return self._piece_counts.get(first)


def _as_hearsay(inquiry: Inquiry) -> list[Transcript]:
    """What a peer stated is, for those it told of, hearsay."""
    return [
        replace(transcript, purpose=Purpose.INDEX)
        for transcript in inquiry.transcripts
        if transcript.purpose is Purpose.STATEMENT
    ]
