from io import BytesIO

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luzeiro.observations.batch import to_table
from luzeiro.observations.record import Sighting
from luzeiro.sightings.columns import for_store, from_store
from luzeiro.sightings.native import NativeError, decode, encode
from luzeiro.sightings.schema import COLUMNS
from luzeiro.sightings.verdicts import verdict_columns
from tests.observations.test_batch import SIGHTINGS
from tests.sightings.examples import knows_nothing

TYPES = [(column.name, column.kind) for column in COLUMNS]


@given(st.lists(SIGHTINGS, min_size=1, max_size=4))
@settings(max_examples=40, deadline=None)
def test_every_column_of_the_store_goes_there_and_back(sightings: list[Sighting]) -> None:
    sealed = to_table(sightings)
    rows = for_store(sealed, verdict_columns(sealed, knows_nothing), b"s" * 32)
    (batch,) = decode(BytesIO(encode(rows, TYPES)))
    assert from_store(batch) == from_store(rows.combine_chunks().to_batches()[0])


def test_a_block_is_laid_out_as_the_documentation_says() -> None:
    rows = pa.table({"a": pa.array([1, 2], pa.uint16()), "t": ["x", "yz" * 100]})
    told = encode(rows, [("a", "UInt16"), ("t", "String")])
    assert told == (
        b"\x02\x02" b"\x01a\x06UInt16" b"\x01\x00\x02\x00"
        b"\x01t\x06String" b"\x01x" b"\xc8\x01" + b"yz" * 100
    )  # fmt: skip


def test_blocks_follow_each_other_until_the_stream_ends() -> None:
    rows = pa.table({"a": pa.array([1], pa.int64())})
    block = encode(rows, [("a", "Int64")])
    assert [len(one) for one in decode(BytesIO(block + block))] == [1, 1]
    assert list(decode(BytesIO(b""))) == []


def test_a_slice_is_encoded_as_its_own_rows() -> None:
    rows = pa.table({"f": pa.array([b"aa", b"bb", b"cc"], pa.binary(2)), "l": [["p"], [], ["q"]]})
    types = [("f", "FixedString(2)"), ("l", "Array(String)")]
    (batch,) = decode(BytesIO(encode(rows.slice(1), types)))
    assert batch.to_pylist() == [{"f": b"bb", "l": []}, {"f": b"cc", "l": [b"q"]}]


@pytest.mark.parametrize("cut", [1, 3, 9, 14])
def test_a_block_that_is_cut_short_is_refused(cut: int) -> None:
    rows = pa.table({"a": pa.array([7], pa.int64())})
    with pytest.raises(NativeError, match="cut short"):
        list(decode(BytesIO(encode(rows, [("a", "Int64")])[:cut])))


def test_a_type_that_is_not_used_here_is_refused() -> None:
    with pytest.raises(NativeError, match="DateTime"):
        list(decode(BytesIO(b"\x01\x01\x01a\x08DateTime\0\0\0\0")))
