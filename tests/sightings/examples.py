"""What tests of the store share: catalogues that need no database, and stores that close."""

import json
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from luzeiro.cli.collector import collector_signer
from luzeiro.cli.home import Home
from luzeiro.collector.chain import Chain
from luzeiro.collector.spool import Spool
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
    votes: tuple[str, ...] = ("A says example:A since revision 3",)


def knows_all(wanted: Iterable[File]) -> Mapping[File, Verdict]:
    """A catalogue in which every file is an entry, numbered by its digest's first byte."""
    return {file: Says(1 + file[0].digest[0]) for file in wanted}


def knows_nothing(_wanted: Iterable[File]) -> Mapping[File, Verdict]:
    """An empty catalogue."""
    return {}


def put_segment(spool: Path, sightings: list[Sighting]) -> Path:
    """Seal a batch into a folder: in a home as its collector would, signed; elsewhere unsigned."""
    spool.mkdir(parents=True, exist_ok=True)
    home = Home(spool.parent)
    if home.spool == spool and home.marker.exists():
        return _sealed_in(home, sightings)
    name, sealed = seal(sightings)
    path = spool / str(name)
    path.write_bytes(sealed)
    return path


def _sealed_in(home: Home, sightings: list[Sighting]) -> Path:
    collector = str(sightings[0].collector)
    home.collector.mkdir(exist_ok=True)
    (home.collector / "id.json").write_text(json.dumps({"collector": collector}))
    chain = Chain(home.spool, collector_signer(home), collector)
    with closing(Spool(home.spool, reserve_bytes=0, chain=chain)) as spool:
        return spool.seal(sightings)
