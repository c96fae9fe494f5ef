"""The compiled search gives what numpy's gives."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luzeiro.matching import search
from luzeiro.matching.build import Addition, build_index
from luzeiro.matching.index import MatchingIndex
from luzeiro.matching.layout import width_of
from luzeiro.observations.identifiers import IdentifierKind
from tests.matching.digests import (
    addition,
    digests_that_collide,
    kinds_and_entries,
    random_digests,
    table,
)

compiled = pytest.importorskip("luzeiro.matching.compiled", reason="needs the extra `fast`")


@settings(deadline=None)  # the first call compiles
@given(kinds_and_entries(), st.data())
def test_both_searches_answer_alike_digest_by_digest(
    case: tuple[IdentifierKind, dict[bytes, int]], data: st.DataObject
) -> None:
    kind, entry_of = case
    width = width_of(kind)
    asked = [*data.draw(st.lists(digests_that_collide(width), max_size=20)), *entry_of]
    words = table(asked, width).copy().view(np.uint32)
    with TemporaryDirectory() as folder:
        build_index(Path(folder, "index"), kind, [addition(entry_of, width)])
        sections = MatchingIndex.open(Path(folder, "index"))._sections
        assert (compiled.search(words, sections) == search.search(words, sections)).all()


def test_both_searches_find_all_of_many_and_nothing_else(tmp_path: Path) -> None:
    digests = random_digests(60_000)
    digests[:3000, :3] = 0  # one crowded bucket
    build_index(
        tmp_path / "index", IdentifierKind.SHA1, [Addition(digests[:40_000], np.arange(40_000))]
    )
    sections = MatchingIndex.open(tmp_path / "index")._sections
    words = digests.view(np.uint32)
    for found in (compiled.search(words, sections), search.search(words, sections)):
        assert (found[:40_000] == np.arange(40_000)).all()
        assert (found[40_000:] == search.NOT_FOUND).all()
