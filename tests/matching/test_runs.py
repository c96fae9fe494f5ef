"""Rows come out ascending bytewise, the newest of each digest."""

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from luzeiro.matching.runs import Rows, Run, newest_ascending
from tests.matching.digests import digests_that_collide, table


def as_triples(rows: Rows, ages: NDArray[np.uint32]) -> list[tuple[bytes, int, int]]:
    words = np.column_stack((rows.keys.astype(">u8").view(np.uint32).reshape(-1, 2), rows.tails))
    return [(w[:-1].tobytes(), int(w[-1]), int(a)) for w, a in zip(words, ages, strict=True)]


@given(st.lists(st.tuples(digests_that_collide(20), st.integers(0, 99), st.integers(0, 3))))
def test_the_newest_row_of_each_digest_is_kept_in_order(rows: list[tuple[bytes, int, int]]) -> None:
    newest: dict[bytes, tuple[int, int]] = {}
    for digest, entry, age in rows:
        if digest not in newest or newest[digest][1] <= age:
            newest[digest] = entry, age
    entries = np.array([entry for _, entry, _ in rows], np.uint32)
    ages = np.array([age for _, _, age in rows], np.uint32)
    kept = newest_ascending(Rows.of(table([d for d, _, _ in rows], 20), entries), ages)
    assert as_triples(*kept) == [(digest, *newest[digest]) for digest in sorted(newest)]


def test_a_run_on_disk_reads_as_it_was_sorted(tmp_path: Path) -> None:
    digests = table([bytes(20), b"\x01" * 20, b"\x02" * 20], 20)
    run = Run.spill(Rows.of(digests, np.arange(3, dtype=np.uint32)), tmp_path / "run", age=2)
    assert (len(run), run.age) == (3, 2)
    assert run.rows(1, 3).tails[:, -1].tolist() == [1, 2]
    assert run.key_at(1) == 0x0101010101010101
    assert [run.first_above(run.key_at(i)) for i in range(3)] == [1, 2, 3]
