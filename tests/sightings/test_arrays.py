import pyarrow as pa
import pytest

from luzeiro.sightings.arrays import whole


@pytest.mark.parametrize("chunks", [[], [[1, None]], [[1], [], [2, 3]]])
def test_the_chunks_of_a_column_are_one_array(chunks: list[list[int | None]]) -> None:
    column = pa.chunked_array(chunks, pa.int64())
    assert whole(column).equals(pa.array([one for some in chunks for one in some], pa.int64()))


def test_a_single_chunk_is_not_copied() -> None:
    chunk = pa.array([b"one", b"two"])
    assert whole(pa.chunked_array([chunk])).buffers()[2].address == chunk.buffers()[2].address
