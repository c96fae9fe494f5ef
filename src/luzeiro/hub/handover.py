"""Collector and hub on one machine: what waits in the spool is admitted where it lies, then
moved.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from luzeiro.evidence.durable import move
from luzeiro.evidence.receipts import check_receipt
from luzeiro.hub.examine import Examined
from luzeiro.hub.hub import Hub, Receipt
from luzeiro.hub.refusals import RefusedError, Why
from luzeiro.observations import segment
from luzeiro.observations.segment import SegmentName

_AT_ONCE = 64  # segments of one look into the log


@dataclass(frozen=True, slots=True)
class SetAside:
    """A segment that was refused: where it lies now, and why."""

    path: Path
    why: Why
    told: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """What one hand-over did."""

    admitted: int = 0
    set_aside: tuple[SetAside, ...] = ()


def hand_over(hub: Hub, spool: Path) -> HandOver:
    """Admit all that waits in a spool on the hub's own disk.

    A segment leaves the spool once its receipt was checked, as if the hub were far away.

    Raises:
        ReceiptError: the hub's own log does not show what it was given.
        LogError: the log is damaged; what waits, waits.
    """
    admitted, aside = 0, list[SetAside]()
    waiting = segment.waiting_in(spool)
    for start in range(0, len(waiting), _AT_ONCE):
        good = dict(_examined(hub, waiting[start : start + _AT_ONCE], aside))
        for (path, one), answer in zip(good.items(), hub.admit(list(good.values())), strict=True):
            if isinstance(answer, Receipt):
                check_receipt(answer.proof, one.note, hub.log.key)
                hub.place(path, one)
                admitted += 1
            else:
                aside.append(_set_aside(hub, path, answer))
    return HandOver(admitted, tuple(aside))


def _examined(
    hub: Hub, paths: list[Path], aside: list[SetAside]
) -> Iterable[tuple[Path, Examined]]:
    for path in paths:
        try:
            yield path, hub.examine(SegmentName.parse(path.name), path.read_bytes())
        except FileNotFoundError:
            continue  # another process took it
        except RefusedError as refused:
            aside.append(_set_aside(hub, path, refused))


def _set_aside(hub: Hub, path: Path, refused: RefusedError) -> SetAside:
    moved = move(path, hub.refused)
    told = f"{path.name} was refused and set aside in {hub.refused}: {refused}."
    return SetAside(moved, refused.why, told)
