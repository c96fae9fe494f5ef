"""Invented digests for the tests of matching: random ones, and ones made to collide."""

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from luzeiro.matching.build import Addition
from luzeiro.matching.layout import MAX_ENTRY, width_of
from luzeiro.observations.identifiers import IdentifierKind

KINDS = (
    IdentifierKind.MD5,
    IdentifierKind.SHA1,
    IdentifierKind.TTH,
    IdentifierKind.SHA256,
)  # one of each width: 16, 20, 24 and 32 bytes


def table(digests: list[bytes], width: int) -> NDArray[np.uint8]:
    return np.frombuffer(b"".join(digests), np.uint8).reshape(-1, width)


def random_digests(count: int, *, width: int = 20, seed: int = 1) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (count, width), dtype=np.uint8)


def addition(entry_of: dict[bytes, int], width: int) -> Addition:
    entries = np.fromiter(entry_of.values(), np.int64, len(entry_of))
    return Addition(table(list(entry_of), width), entries)


def digests_that_collide(width: int) -> st.SearchStrategy[bytes]:
    """Few letters in long runs: shared prefixes, all zeros, trailing zeros, all ones, clusters."""
    letter = st.sampled_from([0, 1, 0x7F, 0x80, 0xFF])
    two_runs = st.builds(
        lambda a, n, b: bytes([a]) * n + bytes([b]) * (width - n),
        letter,
        st.integers(0, width),
        letter,
    )
    one_prefix = st.binary(min_size=1, max_size=2).map(lambda end: end.rjust(width, b"\x55"))
    one_suffix = st.binary(min_size=1, max_size=2).map(lambda start: start.ljust(width, b"\0"))
    return two_runs | one_prefix | one_suffix | st.binary(min_size=width, max_size=width)


ENTRIES = st.integers(0, MAX_ENTRY) | st.sampled_from([0, MAX_ENTRY])


@st.composite
def kinds_and_entries(draw: st.DrawFn) -> tuple[IdentifierKind, dict[bytes, int]]:
    """A kind, and what an index of it is to hold."""
    kind = draw(st.sampled_from(KINDS))
    return kind, draw(st.dictionaries(digests_that_collide(width_of(kind)), ENTRIES, max_size=60))
