import pytest

from luzeiro.evidence.merkle import MerkleTree
from luzeiro.evidence.verifier.merkle import EMPTY_ROOT, leaf_hash, root_from_inclusion


def test_each_path_leads_to_the_root() -> None:
    for size in (1, 2, 3, 7, 8, 9, 100):
        hashes = [leaf_hash(b"%d" % number) for number in range(size)]
        tree = MerkleTree(hashes)
        for index, one in enumerate(hashes):
            assert root_from_inclusion(index, size, one, tree.inclusion_path(index)) == tree.root


def test_an_empty_tree_has_the_root_of_nothing() -> None:
    assert MerkleTree([]).root == EMPTY_ROOT
    assert len(MerkleTree([])) == 0


def test_a_leaf_that_is_not_there_has_no_path() -> None:
    with pytest.raises(IndexError):
        MerkleTree([bytes(32)]).inclusion_path(1)
