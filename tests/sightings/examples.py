"""What tests of the store share: catalogues that need no database, and stores that close."""

import json
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pyarrow as pa

from luzeiro.catalogue.judged import UNKNOWN, Judged, Said
from luzeiro.cli.collector import collector_signer
from luzeiro.cli.home import Home
from luzeiro.collector.chain import Chain
from luzeiro.collector.spool import Spool
from luzeiro.observations.record import Sighting
from luzeiro.observations.segment import seal

SAID = Said("example:A", "one designated authority", 3, ("A says example:A since revision 3",))


def judged(entries: Sequence[int], said: Sequence[Said | None] = ()) -> Judged:
    """A catalogue's answer: an entry each, or UNKNOWN; and a statement each, SAID unless told."""
    each = list(said) or [None if entry == UNKNOWN else SAID for entry in entries]
    distinct = list(dict.fromkeys(one for one in each if one is not None))
    which = [UNKNOWN if one is None else distinct.index(one) for one in each]
    return Judged(np.array(entries, np.int64), np.array(which, np.int32), tuple(distinct))


def knows_all(files: pa.Table) -> Judged:
    """A catalogue in which every file is an entry, numbered by its digest's first byte."""
    return judged([1 + digest[0] for digest in files["identifier"].to_pylist()])


def knows_nothing(files: pa.Table) -> Judged:
    """An empty catalogue."""
    return judged([UNKNOWN] * len(files))


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
