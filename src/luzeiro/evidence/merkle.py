"""Merkle trees held in memory: roots and proofs over leaf hashes (RFC 9162 section 2.1)."""

from collections.abc import Sequence

from luzeiro.evidence.verifier.merkle import EMPTY_ROOT, next_level


class MerkleTree:
    """A whole tree, all its levels kept: 64 bytes a leaf, and Python's own weight."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self._levels = [list(leaves)]
        while len(self._levels[-1]) > 1:
            self._levels.append(next_level(self._levels[-1]))

    def __len__(self) -> int:
        return len(self._levels[0])

    @property
    def root(self) -> bytes:
        return self._levels[-1][0] if len(self) else EMPTY_ROOT

    def inclusion_path(self, index: int) -> list[bytes]:
        """The hashes beside the way from a leaf to the root, the leaf's neighbour first.

        Raises:
            IndexError: there is no such leaf.
        """
        if not 0 <= index < len(self):
            raise IndexError(f"there is no leaf {index} in a tree of {len(self)}")
        path = []
        for level in self._levels[:-1]:
            neighbour = index ^ 1
            if neighbour < len(level):  # one without a neighbour goes up as it is
                path.append(level[neighbour])
            index >>= 1
        return path
