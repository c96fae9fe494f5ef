"""The spool and the store, measured: sealing and intake against writing the same rows with pyarrow.

`python -m bench.bench_store` runs in a few minutes. Sightings are invented from a seed, with raw
exchanges of a link's usual size (two handshakes, a bitfield, random ids), and measured segment by
segment, so memory stays bounded. All figures of one run are of one machine: compare within it.

    pyarrow   pq.write_table of the finished table, zstd, to a file; nothing synced
    seal      Spool.seal: sightings to columns, Parquet, SHA-256, file and folder synced
    intake    Intake.run: check, verdicts, insert, ledger, moves; all of it synced
    queries   cold and warm, at the end
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

import pyarrow.parquet as pq

from bench.entries import numbered_by
from luzeiro.collector.spool import Spool
from luzeiro.observations import exchange
from luzeiro.observations.batch import to_table
from luzeiro.observations.endpoint import V4_MAPPED, Endpoint
from luzeiro.observations.exchange import Direction, Frame, Purpose, Transcript
from luzeiro.observations.grade import Control, Grade
from luzeiro.observations.identifiers import Identifier, IdentifierKind
from luzeiro.observations.record import (
    Clock,
    Observation,
    OpenedBy,
    PortKind,
    Role,
    Sighting,
    UserId,
    Witness,
)
from luzeiro.observations.uuid7 import uuid7
from luzeiro.sightings.embedded import EmbeddedStore
from luzeiro.sightings.filters import SightingFilter
from luzeiro.sightings.intake import Intake
from luzeiro.sightings.store import By

_BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
_SPAN_S = 7 * 86_400
_FILES = 5_000
_ADDRESSES = 50_000
_US = Endpoint.parse("192.0.2.1", 40000)
_CLIENTS = ("Example 1.0", "Example 2.1", "Other 4.4", None)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=float, default=1e6, help="sightings in all")
    parser.add_argument("--segment", type=float, default=1e5, help="sightings in a segment")
    parser.add_argument("--folder", type=Path, help="where the files go while it runs")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        measure(Path(folder), int(arguments.count), int(arguments.segment))


def measure(home: Path, count: int, each: int) -> None:
    random, spool = Random(2026), Spool(home / "spool")
    plain_s = columns_s = seal_s = 0.0
    spool.open()
    for number in range(count // each):
        sightings = [invented(random, number * each + one, count) for one in range(each)]
        seal_s += timed(lambda some=sightings: spool.seal(some))  # type: ignore[misc]
        began = time.perf_counter()
        table = to_table(sightings)
        columns_s += time.perf_counter() - began
        plain_s += timed(
            lambda rows=table: pq.write_table(rows, home / "plain.parquet", compression="zstd")  # type: ignore[misc]
        )
    sealed_bytes = sum(path.stat().st_size for path in spool.waiting())
    with EmbeddedStore(home / "store") as store:
        intake = Intake(
            store,
            spool=spool.path,
            segments=home / "segments",
            verdicts=numbered_by(lambda digest: int.from_bytes(digest[:4], "big")),
            now=lambda: datetime.now(UTC),
        )
        intake_s = timed(intake.run)
        counted = store.count(SightingFilter()).to_pylist()[0]
        assert counted["sightings"] == count
        store_bytes = sum(
            one.stat().st_size for one in (home / "store").rglob("*") if one.is_file()
        )
        rates = {"pyarrow": plain_s, "seal": seal_s, "columns alone": columns_s, "intake": intake_s}
        for name, seconds in rates.items():
            ratio = plain_s / seconds
            print(f"{name:16}{count / seconds:12,.0f} rows/s  {ratio:5.2f} of pyarrow")
        print(f"segments {sealed_bytes / count:.0f} B/row, store {store_bytes / count:.0f} B/row")
        for name, query in _queries(store).items():
            cold, warm = timed(query), min(timed(query) for _ in range(5))
            print(
                json.dumps(
                    {"query": name, "cold_ms": round(cold * 1e3), "warm_ms": round(warm * 1e3)}
                )
            )


def _queries(store: EmbeddedStore) -> dict[str, Callable[[], object]]:
    stated = SightingFilter(grade=Grade.STATED)
    one = SightingFilter(addresses=(_address(7).packed,))
    corroborated = SightingFilter(grade=Grade.CORROBORATED)
    return {
        "count": lambda: store.count(SightingFilter()),
        "count stated": lambda: store.count(stated),
        "count corroborated": lambda: store.count(corroborated),
        "count by grade": lambda: store.count_by(SightingFilter(), By.GRADE),
        "one address": lambda: list(store.rows(one)),
        "newest 100": lambda: list(store.rows(SightingFilter(), limit=100)),
        "one sighting": lambda: list(store.rows(SightingFilter(sighting_id=UUID(int=1)))),
    }


def timed(deed: Callable[[], object]) -> float:
    began = time.perf_counter()
    deed()
    return time.perf_counter() - began


def invented(random: Random, number: int, count: int) -> Sighting:
    """One sighting of a week's work: popular files and busy addresses come up more often."""
    at = _BEGIN + timedelta(seconds=_SPAN_S * number / count)
    peer = _address(int(_ADDRESSES * random.random() ** 2))
    grade = random.choices((Grade.HEARD, Grade.REACHED, Grade.STATED), (60, 15, 25))[0]
    stated = grade is Grade.STATED
    asked = grade is not Grade.HEARD
    node = _address(random.randrange(_ADDRESSES))
    peer_id = b"-XX0000-" + random.randbytes(12)
    return Sighting(
        sighting_id=uuid7(at, random),
        observation=Observation(
            network="bittorrent",
            remote=peer,
            port_kind=PortKind.LISTENING,
            opened_by=OpenedBy.US if asked else OpenedBy.NOBODY,
            own=_US if asked else None,
            started_at=at,
            seen_at=at,
            identifier=_file(int(_FILES * random.random() ** 3)),
            file_index=random.randrange(4),
            completeness=100.0 * random.random() if stated else None,
            role=Role.DOWNLOADING_PART if stated else Role.UNKNOWN,
            user_ids=(UserId("peer_id", peer_id, durable=False),) if asked else (),
            client=random.choice(_CLIENTS) if asked else None,
            told_by=(Witness(node, "dht", at, random.randbytes(20), id_fits_address=True),),
            grade=grade,
            control=Control.REFUSED if stated else Control.NOT_ASKED,
            exchange=_exchange(random, peer, node, peer_id, asked=asked),
        ),
        collector=UUID(int=1),
        software="luzeiro bench",
        configuration_sha256=bytes(32),
        watch_revision="00" * 32,
        clock=Clock(0.01, "ntp (adjtimex)"),
    )


def _exchange(
    random: Random, peer: Endpoint, node: Endpoint, peer_id: bytes, *, asked: bool
) -> bytes:
    def frames(*sizes: tuple[Direction, bytes]) -> tuple[Frame, ...]:
        return tuple(Frame(direction, 1_772_600_000_000_000, data) for direction, data in sizes)

    query = (
        b"d1:ad2:id20:" + random.randbytes(20) + b"9:info_hash20:" + bytes(20) + b"e1:q9:get_peers"
    )
    hearsay = frames((Direction.SENT, query), (Direction.RECEIVED, random.randbytes(120)))
    transcripts = [Transcript(Purpose.INDEX, "udp", str(_US), str(node), hearsay)]
    if asked:
        hello = b"\x13BitTorrent protocol" + bytes(28) + peer_id
        link = frames((Direction.SENT, hello), (Direction.RECEIVED, hello + random.randbytes(60)))
        transcripts.append(Transcript(Purpose.STATEMENT, "tcp", str(_US), str(peer), link))
        transcripts.append(Transcript(Purpose.CONTROL, "tcp", str(_US), str(peer), link[:1]))
    return exchange.encode(transcripts)


def _address(number: int) -> Endpoint:
    return Endpoint(V4_MAPPED + (0xC6120000 + number).to_bytes(4, "big"), 6881)  # RFC 2544


def _file(number: int) -> Identifier:
    return Identifier(IdentifierKind.BTIH, number.to_bytes(4, "big") * 5)


if __name__ == "__main__":
    main()
