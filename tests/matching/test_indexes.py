from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luzeiro.catalogue.conflicts import unmerge
from luzeiro.catalogue.models import Merge, Revision
from luzeiro.catalogue.queries import watched_names
from luzeiro.catalogue.withdrawing import taken_back, withdraw_revision
from luzeiro.matching.index import MatchingIndex
from luzeiro.matching.indexes import KINDS, WatchedIndexes, index_path, refresh
from luzeiro.matching.layout import DamagedIndexError
from luzeiro.observations.identifiers import IdentifierKind
from tests.catalogue.imports import name, row, take
from tests.catalogue.test_importing import ROWS
from tests.catalogue.test_withdrawing import BY

pytestmark = pytest.mark.usefixtures("catalogue")
MD5 = IdentifierKind.MD5


def how(folder: Path) -> dict[str, str]:
    return {str(one.kind): one.how for one in refresh(folder)}


def test_the_first_time_all_are_built_and_then_only_what_changed_is_merged_in(
    tmp_path: Path,
) -> None:
    take(row(name("md5", 1), name("sha1", 2)), authority=True)
    assert set(how(tmp_path).values()) == {"built"}
    assert set(how(tmp_path).values()) == {"unchanged"}
    take(row(name("md5", 3)))
    changed = how(tmp_path)
    assert (changed["md5"], changed["sha1"]) == ("updated", "unchanged")
    indexes = WatchedIndexes(tmp_path)
    assert indexes.entry_of(name("md5", 3)) == 2
    assert indexes.entry_of(name("sha1", 2)) == 1
    assert indexes.entry_of(name("md5", 9)) is None


def test_a_running_reader_takes_the_next_index_when_it_looks(tmp_path: Path) -> None:
    take(row(name("md5", 1)), authority=True)
    refresh(tmp_path)
    indexes = WatchedIndexes(tmp_path)
    withdraw_revision(1, BY)
    refresh(tmp_path)
    assert indexes.entry_of(name("md5", 1)) == 1
    assert indexes.reopen_if_changed()
    assert indexes.entry_of(name("md5", 1)) is None
    digests = np.full((2, 16), 1, np.uint8)
    assert list(indexes.find_entries(MD5, digests)) == [-1, -1]


def test_a_damaged_index_is_refused_by_readers_and_built_anew_by_the_next_change(
    tmp_path: Path,
) -> None:
    take(row(name("md5", 1)), authority=True)
    refresh(tmp_path)
    path = index_path(tmp_path, MD5)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DamagedIndexError):
        WatchedIndexes(tmp_path)
    assert how(tmp_path)["md5"] == "built"
    assert WatchedIndexes(tmp_path).entry_of(name("md5", 1)) == 1


def test_an_index_of_another_catalogue_or_with_no_state_is_built_anew(tmp_path: Path) -> None:
    take(row(name("md5", 1)), authority=True)
    refresh(tmp_path)
    (tmp_path / "state.json").write_text('{"revision": 1, "made_at": "2020", "rule": ""}')
    assert set(how(tmp_path).values()) == {"built"}
    (tmp_path / "state.json").write_text("half a sta")
    assert set(how(tmp_path).values()) == {"built"}


def test_what_no_index_knows_is_not_watched(tmp_path: Path) -> None:
    indexes = WatchedIndexes(tmp_path)
    assert indexes.entry_of(name("md5", 1)) is None
    assert list(indexes.find_entries(MD5, np.zeros((1, 16), np.uint8))) == [-1]


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(ROWS, st.sampled_from(["A", "B"]), st.booleans()), max_size=3))
def test_following_every_change_gives_what_building_anew_gives(
    tmp_path: Path, imports: list[tuple[list[object], str, bool]]
) -> None:
    folder = tmp_path / "matching"
    for rows, source, undo in imports:
        take(*rows, source=source, authority=source == "A")  # type: ignore[arg-type]  # rows
        refresh(folder)
        if undo:
            withdraw_revision(max(set(_numbers()) - taken_back().keys()), BY)
            refresh(folder)
        elif (merge := Merge.objects.filter(undone_by=None).first()) is not None:
            unmerge(merge.pk, BY)
            refresh(folder)
    for kind in KINDS:
        names = {digest: entry for digest, _, entry in watched_names(kind)}
        if imports:
            index = MatchingIndex.open(index_path(folder, kind))
            assert len(index) == len(names)
            assert {digest: index.entry_of(digest) for digest in names} == names


def _numbers() -> list[int]:
    return list(Revision.objects.values_list("pk", flat=True))
