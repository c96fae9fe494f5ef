import hashlib

import pymerkle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luzeiro.evidence.merkle import MerkleTree
from luzeiro.evidence.verifier.merkle import (
    EMPTY_ROOT,
    ProofError,
    check_consistency,
    check_inclusion,
    leaf_hash,
    node_hash,
    root_from_inclusion,
    tree_root,
)

ENTRIES = [b"entry %d" % number for number in range(70)]
HASHES = [leaf_hash(one) for one in ENTRIES]


def naive_root(hashes: list[bytes]) -> bytes:
    """RFC 9162 section 2.1.1, word for word."""
    if len(hashes) <= 1:
        return hashes[0] if hashes else hashlib.sha256(b"").digest()
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return node_hash(naive_root(hashes[:split]), naive_root(hashes[split:]))


def naive_consistency(old: int, hashes: list[bytes], whole: bool = True) -> list[bytes]:
    """RFC 9162 section 2.1.4.1, word for word."""
    if old == len(hashes):
        return [] if whole else [naive_root(hashes)]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    if old <= split:
        return [*naive_consistency(old, hashes[:split], whole), naive_root(hashes[split:])]
    return [
        *naive_consistency(old - split, hashes[split:], whole=False),
        naive_root(hashes[:split]),
    ]


def test_a_root_is_what_the_standard_says_for_every_size() -> None:
    for size in range(len(HASHES)):
        assert tree_root(HASHES[:size]) == naive_root(HASHES[:size])
    assert tree_root([]) == EMPTY_ROOT


def test_a_root_is_what_another_implementation_says() -> None:
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for size, entry in enumerate(ENTRIES, start=1):
        tree.append_entry(entry)
        assert tree.get_root() == tree_root(HASHES[:size])


def test_every_leaf_of_every_tree_is_proven_and_no_other_is() -> None:
    for size in range(1, 40):
        tree = MerkleTree(HASHES[:size])
        for index in range(size):
            path = tree.inclusion_path(index)
            check_inclusion(index, size, HASHES[index], path, tree.root)
            with pytest.raises(ProofError):
                check_inclusion(index, size, HASHES[-1], path, tree.root)


def test_every_size_is_proven_to_begin_every_larger_one() -> None:
    for size in range(1, 34):
        for old in range(size + 1):
            path = naive_consistency(old, HASHES[:size]) if 0 < old < size else []
            roots = tree_root(HASHES[:old]), tree_root(HASHES[:size])
            check_consistency(old, roots[0], size, roots[1], path)


@settings(max_examples=200)
@given(st.integers(2, 60), st.data())
def test_a_changed_consistency_proof_proves_nothing(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size - 1))
    path = naive_consistency(old, HASHES[:size])
    which = data.draw(st.sampled_from(["drop", "add", "change", "old", "new"]))
    roots = [tree_root(HASHES[:old]), tree_root(HASHES[:size])]
    if which == "drop":
        path = path[:-1]
    elif which == "add":
        path = [*path, HASHES[0]]
    elif which == "change":
        path[data.draw(st.integers(0, len(path) - 1))] = bytes(32)
    else:
        roots[which == "new"] = bytes(32)
    with pytest.raises(ProofError):
        check_consistency(old, roots[0], size, roots[1], path)


@settings(max_examples=200)
@given(st.integers(1, 60), st.data())
def test_a_proof_of_another_place_or_size_leads_elsewhere(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    tree = MerkleTree(HASHES[:size])
    other = data.draw(st.integers(0, 70).filter(lambda one: one != index))
    with pytest.raises(ProofError):
        check_inclusion(other, size, HASHES[index], tree.inclusion_path(index), tree.root)


def test_sizes_and_indices_that_cannot_be_are_refused() -> None:
    for index, size in ((0, 0), (5, 5), (-1, 3)):
        with pytest.raises(ProofError):
            root_from_inclusion(index, size, HASHES[0], [])
    with pytest.raises(ProofError):
        check_consistency(3, HASHES[0], 2, HASHES[1], [])
    with pytest.raises(ProofError):
        check_consistency(3, HASHES[0], 3, HASHES[1], [])
