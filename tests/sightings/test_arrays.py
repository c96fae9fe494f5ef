import pyarrow as pa
import pytest

from luzeiro.sightings.arrays import coded, plain, whole


@pytest.mark.parametrize("chunks", [[], [[1, None]], [[1], [], [2, 3]]])
def test_the_chunks_of_a_column_are_one_array(chunks: list[list[int | None]]) -> None:
    column = pa.chunked_array(chunks, pa.int64())
    assert whole(column).equals(pa.array([one for some in chunks for one in some], pa.int64()))


def test_a_single_chunk_is_not_copied() -> None:
    chunk = pa.array([b"one", b"two"])
    assert whole(pa.chunked_array([chunk])).buffers()[2].address == chunk.buffers()[2].address


def test_values_as_numbers_count_null_among_the_distinct_ones() -> None:
    numbered = coded(pa.array(["b", None, "a", None, "b"]))
    assert numbered.indices.to_pylist() == [0, 1, 2, 1, 0]
    assert numbered.dictionary.to_pylist() == ["b", None, "a"]


def test_numbers_that_are_there_already_are_taken_as_they_are_and_null_gets_one() -> None:
    there = pa.DictionaryArray.from_arrays(pa.array([1, 0, 1], pa.int32()), pa.array(["x", "y"]))
    assert coded(there) is there
    with_null = pa.DictionaryArray.from_arrays(
        pa.array([1, None], pa.int32()), pa.array(["x", "y"])
    )
    assert coded(with_null).null_count == 0
    assert plain(coded(with_null)).to_pylist() == ["y", None]


def test_plain_values_are_left_alone() -> None:
    values = pa.array(["x", None])
    assert plain(values) is values
    assert plain(values.dictionary_encode()).equals(values)
