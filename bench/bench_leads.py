"""Making leads of sightings: how fast, with a store of some size behind it.

    python -m bench.bench_leads [--count 1e6] [--addresses 1000] [--folder WHERE]

The store is filled with generated sightings (bench/sightings.py). Then addresses of its last
segment are made leads by the builder, as `luzeiro leads follow` does, in a casework of its own
(SQLite): every sighting of each, its installs with all their appearances, ranking, rows. The peer
is the same addresses asked of the store one by one, without a grade derived (`address`).
"""

import argparse
import os
import tempfile
import time
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

from bench.entries import catalogue_of
from bench.sightings import World, write_segment
from luzeiro.sightings.embedded import EmbeddedStore
from luzeiro.sightings.intake import Intake
from luzeiro.sightings.questions import AddressInWindow


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=float, default=1e6, help="sightings in the store")
    parser.add_argument("--addresses", type=int, default=1000, help="of how many leads are made")
    parser.add_argument("--folder", type=Path, help="where the files go while it runs")
    arguments = parser.parse_args()
    world = World.of(int(arguments.count))
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        measure(world, arguments.addresses, Path(folder))


def measure(world: World, count: int, home: Path) -> None:
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before; {world}")
    _casework(home)
    from luzeiro.casework.leads.builder import build  # noqa: PLC0415 - models, after the set-up
    from luzeiro.casework.leads.models import Lead  # noqa: PLC0415
    from luzeiro.casework.leads.store_material import StoreMaterial  # noqa: PLC0415

    for table in world.segments():
        write_segment(table, home / "spool")
    with EmbeddedStore(home / "store") as store:
        Intake(
            store,
            spool=home / "spool",
            segments=home / "segments",
            verdicts=catalogue_of(world.files),
            now=lambda: datetime.now(UTC),
        ).run()
        material = StoreMaterial(home / "segments", lambda: nullcontext(store))
        last = material.segments()[-1]
        addresses = sorted(material.addresses_in(last))[:: max(1, world.segment_rows // 4 // count)]
        addresses = addresses[:count]
        began = time.perf_counter()
        read = sum(store.ask(AddressInWindow(one)).num_rows for one in addresses)
        alone_s = time.perf_counter() - began
        began, worked = time.perf_counter(), time.process_time()
        build(addresses, material, now=datetime.now(UTC))
        spent_s, worked_s = time.perf_counter() - began, time.process_time() - worked
    print(f"asked one by one {len(addresses) / alone_s:8.1f} addresses/s, {read:,} sightings")
    print(f"made into leads  {len(addresses) / spent_s:8.1f} addresses/s, {alone_s / spent_s:.2f}")
    print(f"                 {worked_s / len(addresses) * 1000:8.1f} ms of a processor each")
    print(f"{Lead.objects.count():,} leads of {len(addresses):,} addresses")


def _casework(home: Path) -> None:
    import django  # noqa: PLC0415 - the environment says first where the home is
    from django.core.management import call_command  # noqa: PLC0415

    os.environ.update(
        LUZEIRO_HOME=str(home), LUZEIRO_PLAIN_HTTP="1",
        DJANGO_SETTINGS_MODULE="luzeiro.portal.settings",
    )  # fmt: skip
    (home / "portal.secret").write_text("only for this bench" * 4)
    django.setup()
    call_command("migrate", verbosity=0)


if __name__ == "__main__":
    main()
