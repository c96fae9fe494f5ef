"""Builds: the outcome alone decides the file, and a crash leaves the old index or the new."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from luzeiro.matching import runs
from luzeiro.matching.build import Addition, BuildUnderWayError, build_index, update_index
from luzeiro.matching.index import MatchingIndex
from luzeiro.matching.layout import DamagedIndexError, width_of
from luzeiro.observations.identifiers import IdentifierKind
from tests.matching.digests import (
    ENTRIES,
    addition,
    digests_that_collide,
    kinds_and_entries,
    random_digests,
    table,
)

SHA1 = IdentifierKind.SHA1


@given(kinds_and_entries(), st.data())
def test_updates_give_byte_for_byte_what_a_build_of_the_outcome_gives(
    case: tuple[IdentifierKind, dict[bytes, int]], data: st.DataObject
) -> None:
    kind, entry_of = case
    width = width_of(kind)
    digest = st.sampled_from([*entry_of]) if entry_of else digests_that_collide(width)
    either = digest | digests_that_collide(width)
    rounds = st.tuples(st.lists(either, max_size=10), st.dictionaries(either, ENTRIES, max_size=10))
    with TemporaryDirectory() as folder:
        path, fresh = Path(folder, "index"), Path(folder, "fresh")
        build_index(path, kind, [addition(entry_of, width)], rows_at_once=7)
        for gone, added in data.draw(st.lists(rounds, max_size=3)):
            update_index(
                path, [addition(added, width)], removals=[table(gone, width)], rows_at_once=5
            )
            entry_of = {d: e for d, e in entry_of.items() if d not in gone} | added
        built = build_index(fresh, kind, [addition(entry_of, width)])
        assert path.read_bytes() == fresh.read_bytes()
        assert (built.count, built.digest) == (len(entry_of), MatchingIndex.open(path).digest)


@pytest.mark.parametrize("rows_at_once", [1_000, 4_096, 20_000, 1 << 21])
@pytest.mark.parametrize("pieces", [1, 3, 1_000])
def test_neither_the_pieces_nor_the_memory_decide_the_file(
    tmp_path: Path, rows_at_once: int, pieces: int
) -> None:
    digests, entries = random_digests(12_345), np.arange(12_345)
    build_index(tmp_path / "whole", SHA1, [Addition(digests, entries)])
    cut = zip(
        np.array_split(digests[::-1], pieces), np.array_split(entries[::-1], pieces), strict=True
    )
    build_index(
        tmp_path / "cut", SHA1, (Addition(*piece) for piece in cut), rows_at_once=rows_at_once
    )
    assert (tmp_path / "whole").read_bytes() == (tmp_path / "cut").read_bytes()


@pytest.mark.parametrize("rows_at_once", [1, 2, 1000])
def test_of_one_digest_twice_the_later_entry_holds(tmp_path: Path, rows_at_once: int) -> None:
    digest = b"\x07" * 20
    twice = Addition(table([digest, bytes(20), digest], 20), np.array([3, 2, 1]))
    path = tmp_path / "index"
    build_index(path, SHA1, [twice, addition({bytes(20): 9}, 20)], rows_at_once=rows_at_once)
    index = MatchingIndex.open(path)
    assert (len(index), index.entry_of(digest), index.entry_of(bytes(20))) == (2, 1, 9)


def test_what_is_both_removed_and_added_is_there(tmp_path: Path) -> None:
    path, digest = tmp_path / "index", b"\x07" * 20
    build_index(path, SHA1, [addition({digest: 1}, 20)])
    update_index(path, [addition({digest: 2}, 20)], removals=[table([digest], 20)])
    assert MatchingIndex.open(path).entry_of(digest) == 2


def test_an_update_carries_nothing_over_from_a_damaged_index(tmp_path: Path) -> None:
    path = tmp_path / "index"
    build_index(path, SHA1, [addition({bytes(20): 1}, 20)])
    damaged = bytearray(path.read_bytes())
    damaged[256] ^= 1  # the first key
    path.write_bytes(damaged)
    with pytest.raises(DamagedIndexError):
        update_index(path, [])
    assert path.read_bytes() == damaged


def test_a_second_builder_is_told_to_wait(tmp_path: Path) -> None:
    path = tmp_path / "index"

    def additions_that_build_again() -> list[Addition]:
        with pytest.raises(BuildUnderWayError, match="Wait for it and try again"):
            build_index(path, SHA1, [])
        return [addition({bytes(20): 1}, 20)]

    build_index(path, SHA1, (a for _ in range(1) for a in additions_that_build_again()))
    assert len(MatchingIndex.open(path)) == 1


def test_a_build_leaves_only_the_index_and_its_lock(tmp_path: Path) -> None:
    (tmp_path / "index.building").mkdir()
    (tmp_path / "index.building" / "added-0.keys").write_bytes(b"left by a crash")
    build_index(tmp_path / "index", SHA1, [])
    assert sorted(file.name for file in tmp_path.iterdir()) == ["index", "index.lock"]


@pytest.mark.parametrize(
    ("digests", "entries", "why"),
    [
        (np.zeros((1, 16), np.uint8), [1], "shape"),
        (np.zeros(20, np.uint8), [1], "shape"),
        (np.zeros((2, 20), np.uint8), [1], "as many entries"),
        (np.zeros((1, 20), np.uint8), [-1], "entries go from 0 to 4294967295"),
        (np.zeros((1, 20), np.uint8), [1 << 32], "entries go from 0 to 4294967295"),
    ],
)
def test_rows_that_make_no_sense_are_refused(
    tmp_path: Path, digests: NDArray[np.uint8], entries: list[int], why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        build_index(tmp_path / "index", SHA1, [Addition(digests, np.array(entries))])
    assert not (tmp_path / "index").exists()


def test_more_rows_than_an_index_can_number_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("luzeiro.matching.write.MAX_COUNT", 9)
    with pytest.raises(ValueError, match="holds 9 digests at most"):
        build_index(tmp_path / "index", SHA1, [Addition(random_digests(10), np.arange(10))])


_KILLED_AT_EVERY_STEP = """
import os, signal, sys
from pathlib import Path
from luzeiro.matching.build import update_index
from luzeiro.matching.index import MatchingIndex
from tests.matching.digests import addition

path, instants, whole = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[1]).read_bytes()
additions = [addition({bytes([i]) * 20: i for i in range(100, 200)}, 20)]

def update(kill_at):
    steps = 0
    def step(frame, event, argument):
        nonlocal steps
        if "matching" in frame.f_code.co_filename:
            steps += 1
            if steps == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
            return step
    sys.settrace(step)
    update_index(path, additions, rows_at_once=40)
    sys.settrace(None)
    return steps

total = update(0)
after = MatchingIndex.open(path).digest
for i in range(1, instants + 1):
    path.write_bytes(whole)
    before = MatchingIndex.open(path).digest
    if (child := os.fork()) == 0:
        update(total * i // instants)
        os._exit(1)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    index = MatchingIndex.open(path)
    index.verify()
    print({before: "old", after: "new"}.get(index.digest, "neither"))
    update(0)
    assert MatchingIndex.open(path).digest == after
"""


def test_killed_at_any_of_100_instants_the_index_is_the_old_or_the_new(tmp_path: Path) -> None:
    path = tmp_path / "index"
    build_index(path, SHA1, [addition({bytes([i]) * 20: i for i in range(100)}, 20)])
    run = subprocess.run(
        [sys.executable, "-c", _KILLED_AT_EVERY_STEP, str(path), "100"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    outcomes = run.stdout.split()
    assert len(outcomes) == 100
    assert set(outcomes) == {"old", "new"}
    assert outcomes == sorted(outcomes, reverse=True)  # old until the swap, new from then on


def test_memory_stays_bounded_by_rows_at_once(tmp_path: Path) -> None:
    sizes: list[int] = []
    keep = runs.newest_ascending

    def watched(rows: runs.Rows, ages: NDArray[np.uint32]) -> tuple[runs.Rows, NDArray[np.uint32]]:
        sizes.append(len(rows))
        return keep(rows, ages)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("luzeiro.matching.build.newest_ascending", watched)
        patch.setattr("luzeiro.matching.merge.newest_ascending", watched)
        digests = random_digests(50_000)
        build_index(
            tmp_path / "index", SHA1, [Addition(digests, np.arange(50_000))], rows_at_once=2_000
        )
    assert len(sizes) > 50
    assert max(sizes) <= 2_200  # sorted runs share a slice about evenly
