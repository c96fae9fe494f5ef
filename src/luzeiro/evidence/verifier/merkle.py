"""Merkle trees as RFC 9162 section 2.1 hashes them, and the checks of their proofs."""

import hashlib
from collections.abc import Sequence

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


class ProofError(Exception):
    """A proof does not prove what it is said to prove: why."""


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes, level by level: an odd one at the end goes up as it is.

    Cost: as many hashes as leaves, less one.
    """
    if not leaves:
        return EMPTY_ROOT
    level = list(leaves)
    while len(level) > 1:
        level = next_level(level)
    return level[0]


def next_level(level: Sequence[bytes]) -> list[bytes]:
    """The level above; its last is the last below where that has no neighbour."""
    sha256, pairs = hashlib.sha256, iter(level)
    above = [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs)]  # noqa: B905
    if len(level) % 2:
        above.append(level[-1])
    return above


def root_from_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes]) -> bytes:
    """The root that an inclusion proof leads to (RFC 9162 section 2.1.3.2).

    Raises:
        ProofError: an index outside the tree, or a path too short or too long for it.
    """
    if not 0 <= index < size:
        raise ProofError(f"there is no entry {index} in a tree of {size}")
    here, last, root = index, size - 1, leaf
    for neighbour in path:
        if last == 0:
            raise ProofError(f"the inclusion proof of entry {index} is too long")
        if here & 1 or here == last:
            root = node_hash(neighbour, root)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            root = node_hash(root, neighbour)
        here, last = here >> 1, last >> 1
    if last:
        raise ProofError(f"the inclusion proof of entry {index} is too short")
    return root


def check_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes], root: bytes) -> None:
    """Check that a leaf is at `index` in the tree of `size` leaves under `root`.

    Raises:
        ProofError: it is not, or the proof does not show it.
    """
    if root_from_inclusion(index, size, leaf, path) != root:
        raise ProofError(f"the proof of entry {index} leads to another root than the signed one")


def check_consistency(
    old_size: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]
) -> None:
    """Check that the tree of `old_size` leaves is the beginning of the one of `size`.

    Source: RFC 9162 section 2.1.4.2.

    Raises:
        ProofError: it is not, or the proof does not show it.
    """
    if not 0 <= old_size <= size:
        raise ProofError(f"a tree of {size} does not begin with one of {old_size}")
    if old_size in (0, size):
        expected = EMPTY_ROOT if old_size == 0 else root
        if path or old_root != expected:
            raise ProofError(f"two different trees of {old_size} entries were signed")
        return
    if _both_roots(old_size, old_root, size, path) != (old_root, root):
        raise ProofError(f"the tree of {size} is no continuation of the one of {old_size}")


def _both_roots(
    old_size: int, old_root: bytes, size: int, path: Sequence[bytes]
) -> tuple[bytes, bytes]:
    whole = old_size & (old_size - 1) == 0  # then the old root itself is where the path begins
    steps = [old_root, *path] if whole else list(path)
    if not steps:
        raise ProofError("the consistency proof is too short")
    here, last = old_size - 1, size - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    old = new = steps[0]
    for neighbour in steps[1:]:
        if last == 0:
            raise ProofError("the consistency proof is too long")
        if here & 1 or here == last:
            old, new = node_hash(neighbour, old), node_hash(neighbour, new)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            new = node_hash(new, neighbour)
        here, last = here >> 1, last >> 1
    if last:
        raise ProofError("the consistency proof is too short")
    return old, new
