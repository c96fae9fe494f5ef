"""How much the catalogue holds, counted by what it is."""

from dataclasses import dataclass

import numpy as np

from luzeiro.catalogue import bulk
from luzeiro.catalogue import setup as _setup  # noqa: F401 - before the models
from luzeiro.catalogue.standing import watched_entries


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are of something."""

    what: str
    of: str
    count: int


def counts() -> list[Count]:
    """Count files, what is watched, identifiers, votes, conflicts and revisions."""
    ((files,),) = bulk.select("SELECT COUNT(*) FROM catalogue_entry WHERE merged_into_id IS NULL")
    watched = watched_entries()
    for (entry,) in bulk.stream("SELECT id FROM catalogue_entry WHERE merged_into_id IS NOT NULL"):
        watched[entry] = False  # counted as the entry that speaks for it
    found = [
        Count("files", "", files),
        Count("files", "looked for", int(np.count_nonzero(watched))),
    ]
    found += _grouped(
        "identifiers",
        "SELECT kind, COUNT(*) FROM catalogue_identifier WHERE withdrawn_by_id IS NULL "
        "GROUP BY kind ORDER BY kind",
    )
    found += _votes()
    found += _grouped(
        "torrents with a map", "SELECT '', COUNT(*) FROM catalogue_torrent HAVING COUNT(*) > 0"
    )
    found += _grouped(
        "conflicts waiting",
        "SELECT kind, COUNT(*) FROM catalogue_conflict WHERE outcome = '' GROUP BY kind "
        "ORDER BY kind",
    )
    found += _grouped(
        "revisions", "SELECT kind, COUNT(*) FROM catalogue_revision GROUP BY kind ORDER BY kind"
    )
    return found


def _grouped(what: str, question: str) -> list[Count]:
    return [Count(what, of, count) for of, count in bulk.select(question)]


def _votes() -> list[Count]:
    rows = bulk.select(
        "SELECT s.name, v.scheme, v.label, COUNT(*) FROM catalogue_vote v "
        "JOIN catalogue_source s ON s.id = v.source_id WHERE v.withdrawn_by_id IS NULL "
        "GROUP BY s.name, v.scheme, v.label ORDER BY s.name, v.scheme, v.label"
    )
    return [
        Count("votes", f"{name}, {scheme}:{label}", count) for name, scheme, label, count in rows
    ]
