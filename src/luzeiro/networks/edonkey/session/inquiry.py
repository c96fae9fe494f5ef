"""Asking one client about one file: plainly, else obfuscated."""

from dataclasses import dataclass

from luzeiro.networks.edonkey.session import link as links
from luzeiro.networks.edonkey.session.link import ClientLink, LinkPlan
from luzeiro.networks.edonkey.session.statement import Statement
from luzeiro.networks.edonkey.wire.client import Crypt, ExchangedSource
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.exchange import Purpose, Transcript
from luzeiro.observations.grade import Control


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """What came of asking one client."""

    remote: Endpoint
    own: Endpoint | None  # None where no link was opened
    started_at_us: int
    transcripts: tuple[Transcript, ...]
    statement: Statement | None
    control: Control
    sources: tuple[tuple[ExchangedSource, int], ...]  # told of, with UTC microseconds
    fault: str | None  # of the last link
    doubts: tuple[str, ...]


class Asking:
    """Which link to open next, given what the last one brought. Reads no clock, rolls no dice.

    An obfuscated link takes the client's user hash, which an index may have told. A client that
    closes a plain link without a word may be one that takes obfuscated links alone.
    """

    def __init__(
        self,
        remote: Endpoint,
        digest: bytes,
        control: bytes,
        *,
        user_hash: bytes | None,
        crypt: int,
    ) -> None:
        self.remote = remote
        plain = LinkPlan(digest, control)
        hidden = LinkPlan(digest, control, user_hash) if user_hash is not None else None
        required = bool(crypt & Crypt.REQUIRED)
        self._next: LinkPlan | None = hidden if hidden is not None and required else plain
        self._then = None if self._next is hidden else hidden
        self._ended: list[ClientLink] = []
        self._transcripts: list[Transcript] = []
        self._own: Endpoint | None = None
        self._told: ClientLink | None = None
        self._fault: str | None = None

    def next_plan(self) -> LinkPlan | None:
        """Give the link to open now; None when all is asked."""
        return self._next

    def not_opened(self, fault: str) -> None:
        """Note that the link could not be opened."""
        self._next = None
        self._fault = self._fault or fault

    def ended(self, link: ClientLink, own: Endpoint) -> None:
        """Note how a link ended, and decide what comes next."""
        self._own = self._own or own
        self._ended.append(link)
        self._fault = link.fault
        self._transcripts.append(
            Transcript(
                Purpose.STATEMENT,
                link.plan.transport,
                str(own),
                str(self.remote),
                tuple(link.frames),
                link.plan.secret,
            )
        )
        again = link.statement is None and link.fault in (links.NO_WORD, links.SILENT)
        self._next, self._then = (self._then if again else None), None
        if link.statement is not None:
            self._told = link

    def result(self, started_at_us: int) -> Inquiry:
        """Give what came of it all."""
        told = self._told
        return Inquiry(
            remote=self.remote,
            own=self._own,
            started_at_us=started_at_us,
            transcripts=tuple(self._transcripts),
            statement=told.statement if told else None,
            control=told.control if told else Control.NOT_ASKED,
            sources=tuple(told.sources) if told else (),
            fault=self._fault,
            doubts=tuple(doubt for link in self._ended for doubt in link.doubts),
        )
