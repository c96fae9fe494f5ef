"""One row of a list, whatever format it came in: what every reader gives and every import takes."""

from dataclasses import dataclass
from datetime import date

from luzeiro.observations.identifiers import Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """A source's word about one file: identifiers that it vouches for together, and its vote."""

    at: str  # where in the list: "line 12", "value[3]", "torrents/a.torrent"; for messages
    identifiers: tuple[Identifier, ...]  # of this one file
    size_bytes: int | None = None
    scheme: str | None = None  # of `label`; None: the import's default scheme
    label: str | None = None  # the category as the list spells it; None: the import's default
    voted_on: date | None = None  # the list's own date for this row
    withdrawn: bool = False  # the list takes its word back (a deletion or a down-vote)
    key: str | None = None  # the list's own name for the row, the same in every file of that list


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that could not be read: where, why and what to do about it. The others are kept."""

    at: str
    why: str
