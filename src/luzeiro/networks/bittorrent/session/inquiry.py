"""Asking one peer about one torrent: plainly, else encrypted; then the control question."""

from dataclasses import dataclass, replace

from luzeiro.networks.bittorrent.session import link as links
from luzeiro.networks.bittorrent.session.link import LinkPlan, PeerLink
from luzeiro.networks.bittorrent.session.pieces import Statement
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.exchange import Purpose, Transcript
from luzeiro.observations.grade import Control


@dataclass(frozen=True, slots=True)
class HeardByPex:
    """A peer that the asked peer told of (BEP 11)."""

    peer: Endpoint
    told_at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """What came of asking one peer."""

    remote: Endpoint
    own: Endpoint | None  # None where no link was opened
    started_at_us: int
    transcripts: tuple[Transcript, ...]
    statement: Statement | None
    control: Control
    heard: tuple[HeardByPex, ...]
    metadata: bytes | None  # the info dictionary, checked against the infohash
    fault: str | None  # of the link that was to bring the statement
    doubts: tuple[str, ...]


class Asking:
    """Which link to open next, given what the last one brought. Reads no clock, rolls no dice.

    An end of file right after a plain handshake means nothing: a wrong infohash, or a peer that
    speaks only encrypted. So the encrypted way is tried before anything is concluded.
    """

    def __init__(self, remote: Endpoint, first: LinkPlan, control_infohash: bytes) -> None:
        self.remote, self._control_infohash = remote, control_infohash
        self._next: LinkPlan | None = first
        self._ended: list[PeerLink] = []
        self._transcripts: list[Transcript] = []
        self._own: Endpoint | None = None
        self._told: PeerLink | None = None  # the link that brought the statement
        self._fault: str | None = None
        self._control = Control.NOT_ASKED

    def next_plan(self) -> LinkPlan | None:
        """Give the link to open now; None when all is asked."""
        return self._next

    def not_opened(self, plan: LinkPlan, fault: str) -> None:
        """Note that the link could not be opened."""
        self._next = None
        if plan.purpose is Purpose.CONTROL:
            self._control = Control.UNANSWERED
        else:
            self._fault = self._fault or fault

    def ended(self, link: PeerLink, own: Endpoint) -> None:
        """Note how a link ended, and decide what comes next."""
        self._own = self._own or own
        self._ended.append(link)
        self._transcripts.append(
            Transcript(
                link.plan.purpose,
                link.plan.transport,
                str(own),
                str(self.remote),
                tuple(link.frames),
                link.secret,
            )
        )
        if link.plan.purpose is Purpose.CONTROL:
            self._next, self._control = None, control_answer(link)
        else:
            self._next = self._after_statement(link)

    def result(self, started_at_us: int) -> Inquiry:
        """Give what came of it all."""
        told = self._told
        return Inquiry(
            remote=self.remote,
            own=self._own,
            started_at_us=started_at_us,
            transcripts=tuple(self._transcripts),
            statement=told.statement if told else None,
            control=self._control,
            heard=tuple(HeardByPex(*pair) for pair in told.heard) if told else (),
            metadata=told.metadata if told else None,
            fault=self._fault,
            doubts=tuple(doubt for link in self._ended for doubt in link.doubts),
        )

    def _after_statement(self, link: PeerLink) -> LinkPlan | None:
        plan, self._fault = link.plan, link.fault
        if link.statement is not None:
            self._told = link
            if link.fault is not None:
                return None  # it broke the rules: it is not called again
            return LinkPlan(Purpose.CONTROL, self._control_infohash, plan.encrypted, v2=plan.v2)
        if link.fault in (links.NO_WORD, links.SILENT) and not plan.encrypted:
            return replace(plan, encrypted=True)
        return None


def control_answer(link: PeerLink) -> Control:
    """Read the answer to a handshake for a random infohash.

    Over an encrypted link a refusal counts only after the key exchange: before it, the peer has
    not learnt what we asked for.
    """
    if link.handshake is not None:
        echoed = link.handshake.infohash == link.plan.infohash
        return Control.ECHOES_ANYTHING if echoed else Control.REFUSED
    if link.fault == links.NO_WORD and (link.key_received or not link.plan.encrypted):
        return Control.REFUSED
    return Control.UNANSWERED
