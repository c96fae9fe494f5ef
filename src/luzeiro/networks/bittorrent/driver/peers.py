"""Carries links to peers: TCP, many at once, each to its deadline. Decides nothing."""

import asyncio
import time
from random import Random

from luzeiro.networks.bittorrent.session import link as links
from luzeiro.networks.bittorrent.session.inquiry import Asking, Inquiry
from luzeiro.networks.bittorrent.session.link import LinkChance, LinkPlan, LinkSettings, PeerLink
from luzeiro.networks.kit.driver.links import COUNTED, LinkError, open_link
from luzeiro.networks.kit.tally import Tally
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.exchange import Purpose
from luzeiro.observations.grade import Control


class PeerDriver:
    """Asks peers, at most `settings.links_at_once` links open at a time."""

    def __init__(
        self, settings: LinkSettings, random: Random, tally: Tally, *, own: Endpoint | None = None
    ) -> None:
        self._settings, self._random, self._tally, self._own = settings, random, tally, own
        self._slots = asyncio.Semaphore(settings.links_at_once)
        self._utc_offset_s = time.time() - asyncio.get_running_loop().time()

    async def close(self) -> None:
        """Nothing stays open between inquiries."""

    async def inquire(
        self,
        remote: Endpoint,
        infohash: bytes,
        *,
        alternates: tuple[bytes, ...] = (),
        piece_count: int | None = None,
        want_metadata: bool = False,
        v2: bool = False,
    ) -> Inquiry:
        """Ask one peer about one torrent, then the control question if it answered.

        Args:
            remote: where the peer listens.
            infohash: 20 bytes, as the wire carries it.
            alternates: other infohashes of the same torrent, which a hybrid's peer may echo.
            piece_count: of the torrent, where a checked map gives it.
            want_metadata: ask for the info dictionary (BEP 9), to learn the map.
            v2: the infohash is a btmh, cut to 20 bytes.
        """
        first = LinkPlan(
            Purpose.STATEMENT,
            infohash,
            encrypted=False,
            alternates=alternates,
            piece_count=piece_count,
            want_metadata=want_metadata,
            v2=v2,
        )
        asking = Asking(remote, first, self._random.randbytes(20))
        started_at_us = time.time_ns() // 1000
        while (plan := asking.next_plan()) is not None:
            async with self._slots:
                await self.carry(asking, plan)
        inquiry = asking.result(started_at_us)
        self._count(inquiry)
        return inquiry

    async def carry(self, asking: Asking, plan: LinkPlan) -> None:
        """Open the link that `plan` describes, if that is possible, and see it to its end."""
        loop = asyncio.get_running_loop()
        remote = asking.remote
        chance = LinkChance.draw(self._random.randbytes, encrypted=plan.encrypted)
        link = PeerLink(plan, chance, self._settings, self._offset(loop))
        try:
            carrier = await open_link(
                link, remote, own=self._own, timeout_s=self._settings.connect_timeout_s
            )
        except LinkError as error:
            self._tally.count(COUNTED[error.fault])
            asking.not_opened(plan, error.fault)
            return
        self._tally.count("mse links" if plan.encrypted else "links opened")
        await carrier.carry()
        asking.ended(link, carrier.own or remote)

    def _offset(self, loop: asyncio.AbstractEventLoop) -> float:
        # Taken for each link: the wall clock may be set while we run, the loop's never is.
        self._utc_offset_s = time.time() - loop.time()
        return self._utc_offset_s

    def _count(self, inquiry: Inquiry) -> None:
        count = self._tally.count
        if inquiry.statement is not None:
            count("handshakes")
            count("statements", int(inquiry.statement.holds_some))
        if inquiry.control is Control.ECHOES_ANYTHING:
            count("echoes anything")
        count("pex peers", len(inquiry.heard))
        if inquiry.fault in _LINK_FAULTS:
            count(inquiry.fault)


_LINK_FAULTS = (
    links.CONTENT_SENT,
    links.CUT_SHORT,
    links.MALFORMED,
    links.NO_WORD,
    links.OTHER_INFOHASH,
    links.SILENT,
    links.TOO_MUCH,
)
