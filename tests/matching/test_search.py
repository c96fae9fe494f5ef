"""numpy's search: many digests at a time, in chunks."""

from pathlib import Path

import numpy as np

from luzeiro.matching.build import Addition, build_index
from luzeiro.matching.index import MatchingIndex
from luzeiro.matching.search import NOT_FOUND, UNDECIDED, search
from luzeiro.observations.identifiers import IdentifierKind
from tests.matching.digests import random_digests


def test_more_digests_than_a_chunk_come_back_in_their_order(tmp_path: Path) -> None:
    digests = random_digests(50_000)
    build_index(
        tmp_path / "index", IdentifierKind.SHA1, [Addition(digests[:30_000], np.arange(30_000))]
    )
    index = MatchingIndex.open(tmp_path / "index")
    found = search(digests[::-1].copy().view(np.uint32), index._sections)
    assert found.tolist() == [*[NOT_FOUND] * 20_000, *range(29_999, -1, -1)]


def test_where_several_share_a_key_only_the_first_is_decided(tmp_path: Path) -> None:
    digests = np.zeros((3, 16), np.uint8)
    digests[:, 15] = [1, 2, 3]
    build_index(tmp_path / "index", IdentifierKind.MD5, [Addition(digests, np.arange(3))])
    index = MatchingIndex.open(tmp_path / "index")
    assert search(digests.view(np.uint32), index._sections).tolist() == [0, UNDECIDED, UNDECIDED]
