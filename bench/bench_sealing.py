"""What sealing costs: hashing, signing, writing; beside writing the same rows with pyarrow alone.

One core, both ways in turns, medians. Rows are sightings of one real client's words, each with an
address, instants, peer_id and random control identifier of its own, so that exchanges differ::

    python -m bench.bench_sealing [--rows 50000] [--rounds 7]
"""

import argparse
import hashlib
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq

from luzeiro.evidence import encoding
from luzeiro.evidence.signer import Signer
from luzeiro.evidence.verifier.merkle import tree_root
from luzeiro.evidence.verifier.statements import FIRST, SegmentSeal
from luzeiro.hub.examine import examine
from luzeiro.observations import segment
from luzeiro.observations.batch import SCHEMA, to_table
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.record import Clock, Sighting, UserId
from luzeiro.observations.segment import SegmentContent
from tests.evidence import scenes

NAME = str(UUID(int=1))
SIGNER = Signer(f"luzeiro/collector/{NAME}", b"b" * 32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    pa.set_cpu_count(1)
    sightings = _sightings(options.rows)
    table = to_table(sightings)
    _compare(
        "from columns", options, lambda: _alone(table), lambda: segment.seal_table(table, _attest)
    )
    _compare(
        "from sightings",
        options,
        lambda: _alone(to_table(sightings)),
        lambda: segment.seal(sightings, _attest),
    )
    name, sealed = segment.seal_table(table, _attest)
    hashes = encoding.row_hashes(table)
    parts: dict[str, Callable[[], object]] = {
        "canonical encoding and leaf hashes": lambda: encoding.row_hashes(table),
        "tree over the hashes": lambda: tree_root(hashes),
        "the hub's examination": lambda: examine(name, sealed, lambda _: SIGNER.key),
    }
    for told, part in parts.items():
        spent_s = statistics.median(_timed(part) for _ in range(options.rounds))
        print(f"{told}: {options.rows / spent_s:,.0f} sightings/s")
    without = table.set_column(
        SCHEMA.get_field_index("exchange"), SCHEMA.field("exchange"), pa.array([b""] * len(table))
    )
    _, bare = segment.seal_table(without, _attest)
    raw = sum(len(one.observation.exchange) for one in sightings) / len(sightings)
    print(
        f"bytes a sighting: {len(sealed) / len(table):.0f} with raw exchanges (of {raw:.0f} bytes "
        f"each, uncompressed), {len(bare) / len(table):.0f} without"
    )


def _compare(
    what: str,
    options: argparse.Namespace,
    alone: Callable[[], object],
    sealing: Callable[[], object],
) -> None:
    spent: dict[str, list[float]] = {"alone": [], "sealing": []}
    for _ in range(options.rounds):
        spent["alone"].append(_timed(alone))
        spent["sealing"].append(_timed(sealing))
    alone_s, sealing_s = (statistics.median(spent[name]) for name in ("alone", "sealing"))
    ratio = statistics.median(a / s for a, s in zip(spent["alone"], spent["sealing"], strict=True))
    print(
        f"{what}: pyarrow alone {options.rows / alone_s:,.0f} sightings/s, "
        f"sealed, hashed and signed {options.rows / sealing_s:,.0f}/s, ratio {ratio:.2f}"
    )


def _timed(do: Callable[[], object]) -> float:
    began = time.process_time()
    do()
    return time.process_time() - began


def _alone(table: pa.Table) -> bytes:
    """What segment.seal_table does, without hashing and signing; with the digest of the file."""
    out = pa.BufferOutputStream()
    pq.write_table(table, out, compression="zstd", use_dictionary=segment.WITH_DICTIONARY)
    return hashlib.sha256(out.getvalue()).digest()


def _attest(content: SegmentContent) -> bytes:
    told = (segment.written(content.first_seen_at), segment.written(content.last_seen_at))
    seal = SegmentSeal(NAME, 1, FIRST, encoding.VERSION, content.sightings, content.root, *told)
    return SIGNER.sign(seal.text)


def _sightings(count: int) -> list[Sighting]:
    scene, random = scenes.seeder(), Random(2026)
    first = scene.observation
    raw, peer_id = first.exchange, first.user_ids[0].value
    at = raw.index(peer_id)
    asked = raw.index(b"\xc0" * 20)
    found = []
    for number in range(count):
        chance = random.randbytes(40)
        exchange = bytearray(raw)
        exchange[at : at + 20], exchange[asked : asked + 20] = chance[:20], chance[20:]
        later = timedelta(microseconds=random.randrange(10**9))
        observation = replace(
            first,
            remote=Endpoint(
                first.remote.packed[:12] + random.randbytes(4), random.randrange(1024, 65536)
            ),
            started_at=first.started_at + later,
            seen_at=first.seen_at + later,
            user_ids=(UserId("peer_id", chance[:20], durable=False),),
            exchange=bytes(exchange),
        )
        found.append(
            Sighting(
                sighting_id=UUID(int=(7 << 76) | (2 << 62) | number),
                observation=observation,
                collector=UUID(int=1),
                software="luzeiro 0.1.0",
                configuration_sha256=bytes(32),
                watch_revision="00" * 32,
                clock=Clock(0.01, "chrony"),
            )
        )
    return found


if __name__ == "__main__":
    main()
