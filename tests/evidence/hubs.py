"""Collectors that seal, hubs that admit, and packages of what they hold, in a test's folders."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from luzeiro.collector.chain import Chain
from luzeiro.collector.spool import Spool
from luzeiro.evidence.signer import Signer
from luzeiro.hub.handover import HandOver, hand_over
from luzeiro.hub.hub import Hub
from luzeiro.observations import segment
from luzeiro.observations.record import Sighting
from luzeiro.package.gather import Gathered, Sources, gather
from luzeiro.package.make import Making, make_package
from tests.evidence import ed2k_scenes, scenes

NOW = datetime(2026, 3, 5, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Collecting:
    """A collector with a key, and its spool."""

    signer: Signer
    spool: Spool

    def seal(self, *sightings: Sighting) -> Path:
        return self.spool.seal(sightings)


def collector(folder: Path, *, number: int = 1, seed: bytes = b"c" * 32) -> Collecting:
    """A collector whose id says `number`."""
    name = str(UUID(int=number))
    signer = Signer(f"luzeiro/collector/{name}", seed)
    return Collecting(signer, Spool(folder, reserve_bytes=0, chain=Chain(folder, signer, name)))


@contextmanager
def hub(folder: Path) -> Iterator[Hub]:
    opened = Hub(folder)
    try:
        yield opened
    finally:
        opened.close()


def enrol(opened: Hub, collecting: Collecting, number: int = 1) -> None:
    opened.enrol(str(UUID(int=number)), collecting.signer.key, f"collector {number}", NOW)


def admit(opened: Hub, collecting: Collecting) -> HandOver:
    return hand_over(opened, collecting.spool.path)


def rows_of(opened: Hub) -> list[dict[str, Any]]:
    """What a store would give of all admitted segments (columns.RESULT, as far as it is used)."""
    found = []
    for path in segment.waiting_in(opened.admitted):
        sha256 = segment.SegmentName.parse(path.name).sha256
        for position, row in enumerate(segment.read(path).to_pylist()):
            hub_columns = {
                "segment": sha256,
                "position": position,
                "entry_id": 1,
                "category": "example:A",
                "rule": "one designated authority",
                "list_revision": 3,
                "votes": ["A says example:A since revision 3"],
            }
            found.append({**row, **hub_columns})
    return found


def gathered_from(opened: Hub, rows: Sequence[Mapping[str, Any]] | None = None) -> Gathered:
    def path_of(sha256: bytes) -> Path | None:
        return next(opened.admitted.glob(f"*{sha256.hex()}*"), None)

    wanted = rows_of(opened) if rows is None else rows
    return gather(wanted, Sources(opened.log, opened.ledger, path_of))


def catalogue_of(*of: scenes.Scene | ed2k_scenes.Scene) -> tuple[dict[str, Any], ...]:
    lines = {
        scene.observation.identifier: {
            "identifier_kind": scene.observation.identifier.kind.value,
            "identifier": scene.observation.identifier.digest.hex(),
            "file_index": scene.observation.file_index,
            "now": {"entry_id": 1, "category": "example:A", "rule": "one designated authority"},
            "watched": scene.watched,
        }
        for scene in of
    }
    return tuple(lines.values())


def making(*of: scenes.Scene | ed2k_scenes.Scene, **changes: Any) -> Making:
    usual = {
        "made_at": "2026-03-06T00:00:00.000000Z",
        "software": "luzeiro test",
        "selection": "everything",
        "catalogue": catalogue_of(*of),
    }
    return Making(**{**usual, **changes})


def package_of_everything(
    folder: Path, *, extra_files: Mapping[str, bytes] | None = None, **changes: Any
) -> bytes:
    """A package of one sighting of each scene, in two segments of one collector."""
    return package_of([make() for make in scenes.ALL.values()], folder, extra_files, **changes)


def package_of(
    every: Sequence[scenes.Scene | ed2k_scenes.Scene],
    folder: Path,
    extra_files: Mapping[str, bytes] | None = None,
    **changes: Any,
) -> bytes:
    """The same, of these scenes."""
    collecting = collector(folder / "spool")
    sightings = [scenes.sighting_of(scene, number) for number, scene in enumerate(every)]
    with hub(folder / "hub") as opened:
        enrol(opened, collecting)
        collecting.seal(*sightings[:3])
        collecting.seal(*sightings[3:])
        admit(opened, collecting)
        gathered, told = gathered_from(opened), making(*every, **changes)
        made = make_package(gathered, told, opened.signer, extra_files=extra_files)
    collecting.spool.close()
    return made
