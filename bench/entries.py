"""A catalogue for benchmarks: every file is an entry, with the numbers that a real one gives."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bench.sightings import digests_of
from luzeiro.catalogue.judged import Judged, Said
from luzeiro.sightings.verdicts import Verdicts

SAID = Said("example:A", "one designated authority", 1, ("invented: example:A, revision 1",))


def numbered_by(number: Callable[[bytes], int]) -> Verdicts:
    """A catalogue whose entries' numbers are worked out from the digest."""

    def verdicts(files: pa.Table) -> Judged:
        return _judged(np.array([number(one) for one in files["identifier"].to_pylist()], np.int64))

    return verdicts


def catalogue_of(files: int) -> Verdicts:
    """A catalogue of the files of a `World`: entry `n` is its file `n`."""
    begins = _begins(digests_of(np.arange(files)))
    order = np.argsort(begins)
    ordered = begins[order]

    def verdicts(wanted: pa.Table) -> Judged:
        raw = np.frombuffer(b"".join(wanted["identifier"].to_pylist()), np.uint8).reshape(-1, 20)
        return _judged(order[np.searchsorted(ordered, _begins(raw))])

    return verdicts


def _judged(entries: NDArray[np.int64]) -> Judged:
    return Judged(entries, np.zeros(len(entries), np.int32), (SAID,))


def _begins(digests: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """The first eight bytes of each: as good as unique."""
    return np.ascontiguousarray(digests[:, :8]).view("<u8").ravel()
