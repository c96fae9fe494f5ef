"""What tests of the store share: catalogues that need no database, and stores that close."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from luzeiro.observations.record import Sighting
from luzeiro.observations.segment import seal
from luzeiro.sightings.verdicts import File, Verdict


@dataclass(frozen=True, slots=True)
class Says:
    """A catalogue's word on one file."""

    entry_id: int
    category: str | None = "example:A"
    rule: str = "one designated authority"
    list_revision: int = 3


def knows_all(wanted: Iterable[File]) -> Mapping[File, Verdict]:
    """A catalogue in which every file is an entry, numbered by its digest's first byte."""
    return {file: Says(1 + file[0].digest[0]) for file in wanted}


def knows_nothing(_wanted: Iterable[File]) -> Mapping[File, Verdict]:
    """An empty catalogue."""
    return {}


def put_segment(spool: Path, sightings: list[Sighting]) -> Path:
    """Seal without the collector: the hub knows nothing of it."""
    spool.mkdir(parents=True, exist_ok=True)
    name, sealed = seal(sightings)
    path = spool / str(name)
    path.write_bytes(sealed)
    return path
