"""What the command room must see at once: too early, silent, a child in danger now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from luzeiro.casework.operations.states import UNDER_WAY, State


class AlertKind(StrEnum):
    """The most urgent first."""

    PRODUCTION = "suspected production"
    EARLY = "entered too early"
    SILENT = "no news"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A target as the alerts see it."""

    code: str
    state: State
    entered_at: datetime | None
    last_news_at: datetime | None
    production_at: datetime | None


@dataclass(frozen=True, slots=True)
class Alert:
    """One target's alert, and since when it stands."""

    kind: AlertKind
    code: str
    since: datetime


def alerts(
    targets: Iterable[Watched], *, h_hour_at: datetime | None, silent: timedelta, now: datetime
) -> list[Alert]:
    """Every alert that stands, the most urgent kind first, then the oldest."""
    found = []
    for one in targets:
        if one.production_at is not None:
            found.append(Alert(AlertKind.PRODUCTION, one.code, one.production_at))
        if one.entered_at is not None and (h_hour_at is None or one.entered_at < h_hour_at):
            found.append(Alert(AlertKind.EARLY, one.code, one.entered_at))
        quiet_since = one.last_news_at or one.entered_at
        if one.state in UNDER_WAY and quiet_since is not None and now - quiet_since > silent:
            found.append(Alert(AlertKind.SILENT, one.code, quiet_since))
    kinds = list(AlertKind)
    return sorted(found, key=lambda one: (kinds.index(one.kind), one.since, one.code))
