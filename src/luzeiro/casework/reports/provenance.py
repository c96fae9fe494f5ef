"""Where a report's records lie, and who vouches for its files: asked when it is drawn up."""

from collections import defaultdict
from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from luzeiro.casework.reports.document import CastVote
from luzeiro.catalogue.models import Vote
from luzeiro.catalogue.standing import batches, members_of, speaking_for
from luzeiro.hub.ledger import Ledger
from luzeiro.observations.segment import SegmentName


@dataclass(frozen=True, slots=True)
class Logged:
    """What a collector signed of a segment, and where the log has it."""

    seal: str  # SHA-256, hexadecimal
    log_index: int


def logged(segments: Collection[str], home: Path) -> dict[str, Logged]:
    """Find segments in the log of a home's hub; those that are not there are left out.

    Args:
        segments: SHA-256 of their files, hexadecimal.
        home: whose hub.
    """
    ledger_file = home / "hub" / "ledger.sqlite3"
    if not ledger_file.is_file():
        return {}
    wanted, found = set(segments), {}
    with closing(Ledger(ledger_file)) as ledger:
        for path in (home / "segments").glob("*/*.parquet"):
            sha256 = SegmentName.parse(path.name).sha256.hex()
            if sha256 in wanted and (entry := ledger.by_file(path.name)) is not None:
                found[sha256] = Logged(entry.digest.hex(), entry.log_index)
    return found


def votes_for(entries: Collection[int]) -> dict[int, tuple[CastVote, ...]]:
    """The standing votes for each entry, the authorities' first.

    Sample entries have numbers below zero; the catalogue knows nothing of them.
    """
    speaks = speaking_for({entry for entry in entries if entry > 0})
    members = members_of(set(speaks.values()))
    votes: dict[int, list[CastVote]] = defaultdict(list)
    for some in batches(sorted(members)):
        standing = Vote.objects.filter(entry__in=some, withdrawn_by=None)
        for vote in standing.select_related("source", "revision"):
            votes[members[vote.entry_id]].append(_cast(vote))
    return {
        entry: tuple(sorted(votes[root], key=lambda one: (not one.authority, one.source)))
        for entry, root in speaks.items()
    }


def _cast(vote: Vote) -> CastVote:
    return CastVote(
        source=vote.source.name,
        authority=vote.source.authority,
        category=f"{vote.scheme}:{vote.label}",
        list_name=vote.revision.list_name,
        revision=vote.revision_id,
        entered_at=vote.revision.made_at,
    )
