"""Merging cuts between keys only, so that all rows of a digest meet."""

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.matching.merge import merge
from luzeiro.matching.runs import Rows, Run, newest_ascending
from tests.matching.digests import digests_that_collide, table


@given(st.lists(st.sets(digests_that_collide(16), max_size=15), max_size=4), st.integers(1, 20))
def test_slices_ascend_and_keep_the_newest_of_each_digest(
    runs: list[set[bytes]], rows_at_once: int
) -> None:
    sources, newest = [], dict[bytes, int]()
    for age, digests in enumerate(runs):
        rows = Rows.of(table([*digests], 16), np.full(len(digests), age, np.uint32))
        ascending, _ = newest_ascending(rows, np.zeros(len(rows), np.uint32))
        sources.append(Run(ascending, age))
        newest |= dict.fromkeys(digests, age)
    slices = list(merge(sources, rows_at_once=rows_at_once))
    digests_out = [
        int(key).to_bytes(8, "big") + tail[:-1].tobytes()
        for rows, _ in slices
        for key, tail in zip(rows.keys, rows.tails, strict=True)
    ]
    ages_out = [int(age) for _, ages in slices for age in ages]
    assert digests_out == sorted(newest)
    assert ages_out == [newest[digest] for digest in digests_out]
    firsts = [int(rows.keys[0]) for rows, _ in slices]
    lasts = [int(rows.keys[-1]) for rows, _ in slices]
    assert all(last < first for last, first in zip(lasts, firsts[1:], strict=False))


def test_nothing_to_merge_gives_no_slice(tmp_path: Path) -> None:
    empty = Run.spill(Rows.of(table([], 20), np.zeros(0, np.uint32)), tmp_path / "run", age=2)
    assert list(merge([], rows_at_once=9)) == []
    assert list(merge([empty], rows_at_once=9)) == []
