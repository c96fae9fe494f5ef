"""Readers follow the swaps."""

from pathlib import Path

import pytest

from luzeiro.matching.build import build_index, update_index
from luzeiro.matching.current import CurrentIndex
from luzeiro.matching.layout import DamagedIndexError
from luzeiro.observations.identifiers import IdentifierKind
from tests.matching.digests import addition

SHA1 = IdentifierKind.SHA1
ONE, TWO = b"\x01" * 20, b"\x02" * 20


@pytest.fixture
def path(tmp_path: Path) -> Path:
    build_index(tmp_path / "index", SHA1, [addition({ONE: 1}, 20)])
    return tmp_path / "index"


def test_without_a_swap_nothing_is_opened(path: Path) -> None:
    current = CurrentIndex(path)
    before = current.index
    assert not current.reopen_if_changed()
    assert current.index is before


def test_a_swap_is_taken_and_the_old_index_still_answers_those_who_hold_it(path: Path) -> None:
    current = CurrentIndex(path)
    before = current.index
    update_index(path, [addition({TWO: 2}, 20)])
    assert before.entry_of(TWO) is None
    assert current.reopen_if_changed()
    assert current.index.entry_of(TWO) == 2
    assert before.entry_of(ONE) == 1
    before.verify()


def test_a_damaged_successor_is_refused_and_the_old_one_kept(path: Path) -> None:
    current = CurrentIndex(path)
    whole = path.read_bytes()
    damaged = path.with_name("damaged")
    damaged.write_bytes(whole[:-1])
    damaged.replace(path)
    for _ in range(2):
        with pytest.raises(DamagedIndexError):
            current.reopen_if_changed()
    assert current.index.entry_of(ONE) == 1
    build_index(path, SHA1, [addition({TWO: 2}, 20)])
    assert current.reopen_if_changed()
    assert current.index.entry_of(ONE) is None
