"""The named questions, of a store that bench_ingest filled and kept (`--keep`).

    python -m bench.bench_questions STORE --count 10e6

`--count` is what that run was given, so that the questions are about something that is there. Each
is asked once (first), about five others (other: their median), and about these five again (again):
other addresses, user ids, files and entries, but the same country, region and day.
"""

import argparse
import itertools
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pyarrow as pa

from bench.entries import catalogue_of
from bench.sightings import World
from luzeiro.observations.batch import instant
from luzeiro.observations.identifiers import Identifier, IdentifierKind
from luzeiro.sightings.embedded import EmbeddedStore
from luzeiro.sightings.questions import (
    NAMED,
    AddressesOfIdentifier,
    AddressesPerCountryAndDay,
    AddressInWindow,
    AppearancesOfUserIds,
    CountsByHour,
    CoverageByCollector,
    NewInSegments,
    Question,
    RegionRanking,
    RestingOn,
    SharersOfEntries,
    SpellsOfActivity,
    UserIdAcrossAddresses,
    UserIdsOfAddress,
    Window,
)
from luzeiro.sightings.sql_store import SqlStore

_PAGE_VIEW = (
    "region-ranking, a region", "region-ranking", "address", "user-id", "user-ids-of", "identifier",
)  # fmt: skip
_OTHERS = 5  # of each question, beside the first


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("store", type=Path)
    parser.add_argument("--count", type=float, default=10e6, help="sightings that were generated")
    arguments = parser.parse_args()
    with EmbeddedStore(arguments.store) as store:
        Asked(store, World.of(int(arguments.count))).report()


class Asked:
    """Each named question, about several things that are there."""

    def __init__(self, store: SqlStore, world: World) -> None:
        self._store = store
        self._each = _questions(world)
        self._busy_ms: dict[str, list[float]] = {}  # as `meanwhile` finds

    def report(self) -> None:
        """Print each question's times, ms, and those while sightings were taken in."""
        lines = self._store.taken_after(None)[: _OTHERS + 1]
        new = {"new": [NewInSegments((line.sha256,)) for line in lines]}
        assert {type(some[0]) for some in (self._each | new).values()} == set(NAMED.values())
        for name, (one, *others) in (self._each | new).items():
            first = self._ask(one)
            other, again = (statistics.median(map(self._ask, others or [one])) for _ in range(2))
            busy = self._busy_ms.pop(name, [])
            told = f"{first:8.0f} first{other:8.0f} other{again:8.0f} again"
            told += f"{statistics.median(busy):8.0f} during intake" if busy else ""
            print(f"{name:26}{told}", flush=True)

    @contextmanager
    def meanwhile(self) -> Iterator[None]:
        """Ask the questions of a page view, every two seconds, while others work."""
        over = threading.Event()
        thread = threading.Thread(target=self._ask_until, args=(over,))
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _ask_until(self, over: threading.Event) -> None:
        turns = [itertools.cycle(self._each[name]) for name in _PAGE_VIEW]
        while not over.wait(2):
            for name, turn in zip(_PAGE_VIEW, turns, strict=True):
                self._busy_ms.setdefault(name, []).append(self._ask(next(turn)))

    def _ask(self, question: Question) -> float:
        began = time.perf_counter()
        self._store.ask(question)
        return (time.perf_counter() - began) * 1000


def _questions(world: World) -> dict[str, list[Question]]:
    """By name, as `luzeiro sightings ask` calls it: several of each that the world can answer."""
    rows = world.segment(0).slice(0, 5000).to_pylist()
    stated = [row for row in rows if row["grade"] == "stated"]
    begin = instant(stated[0]["seen_at"])
    day = Window(since=begin, until=begin + timedelta(days=1))
    same: dict[str, Question] = {
        "region-ranking, a region": RegionRanking("AR", "AR-B"),
        "region-ranking": RegionRanking("AR"),
        "country-days": AddressesPerCountryAndDay(day),
        "hours": CountsByHour("AR"),
        "coverage": CoverageByCollector(day),
    }
    several = {name: [question] * (_OTHERS + 1) for name, question in same.items()}
    subjects = stated[: _OTHERS + 1]
    known = catalogue_of(world.files)(pa.table({"identifier": [r["identifier"] for r in subjects]}))
    for number, (row, entry) in enumerate(zip(subjects, known.entries.tolist(), strict=True)):
        user, address = row["user_ids"][0]["value"], row["remote_address"]
        identifier = Identifier(IdentifierKind.BTIH, row["identifier"])
        hundred = tuple({r["remote_address"] for r in stated[100 * number : 100 * number + 100]})
        about: dict[str, Question] = {
            "address": AddressInWindow(address),
            "user-id": UserIdAcrossAddresses("user_hash", user),
            "user-ids-of": UserIdsOfAddress(address),
            "identifier": AddressesOfIdentifier(identifier),
            "appearances": AppearancesOfUserIds((("user_hash", user),)),
            "spells": SpellsOfActivity(hundred),
            "recall": RestingOn((entry,)),
            "sharers": SharersOfEntries((entry,)),
        }
        for name, question in about.items():
            several.setdefault(name, []).append(question)
    return several


if __name__ == "__main__":
    main()
