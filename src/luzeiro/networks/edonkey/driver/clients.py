"""Carries links to clients: TCP, many at once, each to its deadline. Decides nothing."""

import asyncio
import time
from random import Random

from luzeiro.networks.edonkey.session import link as links
from luzeiro.networks.edonkey.session.inquiry import Asking, Inquiry
from luzeiro.networks.edonkey.session.link import ClientLink, LinkChance, LinkPlan, LinkSettings
from luzeiro.networks.kit.driver.links import COUNTED, LinkError, open_link
from luzeiro.networks.kit.tally import Tally
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.grade import Control

_LINK_FAULTS = (
    links.CONTENT_SENT,
    links.MALFORMED,
    links.NO_WORD,
    links.SILENT,
    links.TOO_MUCH,
    links.WITHHELD,
)


class ClientDriver:
    """Asks clients, at most `settings.links_at_once` links open at a time."""

    def __init__(
        self,
        settings: LinkSettings,
        user_hash: bytes,
        random: Random,
        tally: Tally,
        *,
        own: Endpoint | None = None,
    ) -> None:
        """`user_hash` is ours, always the same."""
        self._settings, self._user_hash = settings, user_hash
        self._random, self._tally, self._own = random, tally, own
        self._slots = asyncio.Semaphore(settings.links_at_once)

    async def inquire(
        self,
        remote: Endpoint,
        digest: bytes,
        *,
        user_hash: bytes | None = None,
        crypt: int = 0,
    ) -> Inquiry:
        """Ask one client about one file, and the control question.

        Args:
            remote: where it listens.
            digest: the file's eD2k hash.
            user_hash: its own, where an index told: an obfuscated link takes it.
            crypt: what the index told of obfuscation.
        """
        control = self._random.randbytes(16)
        asking = Asking(remote, digest, control, user_hash=user_hash, crypt=crypt)
        started_at_us = time.time_ns() // 1000
        while (plan := asking.next_plan()) is not None:
            async with self._slots:
                await self.carry(asking, plan)
        inquiry = asking.result(started_at_us)
        self._count(inquiry)
        return inquiry

    async def carry(self, asking: Asking, plan: LinkPlan) -> None:
        """Open the link that `plan` describes, if that is possible, and see it to its end."""
        chance = LinkChance.draw(self._user_hash, self._random.randbytes)
        # Taken for each link: the wall clock may be set while we run, the loop's never is.
        offset_s = time.time() - asyncio.get_running_loop().time()
        link = ClientLink(plan, chance, self._settings, offset_s)
        try:
            carrier = await open_link(
                link, asking.remote, own=self._own, timeout_s=self._settings.connect_timeout_s
            )
        except LinkError as error:
            self._tally.count(COUNTED[error.fault])
            asking.not_opened(error.fault)
            return
        self._tally.count("links opened" if plan.user_hash is None else "obfuscated links")
        await carrier.carry()
        asking.ended(link, carrier.own or asking.remote)

    def _count(self, inquiry: Inquiry) -> None:
        count = self._tally.count
        if inquiry.statement is not None:
            count("handshakes")
            count("statements", int(inquiry.statement.status is not None))
        if inquiry.control is Control.ECHOES_ANYTHING:
            count("echoes anything")
        count("exchanged sources", len(inquiry.sources))
        if inquiry.fault in _LINK_FAULTS:
            count(inquiry.fault)
