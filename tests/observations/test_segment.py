import hashlib
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.observations.batch import from_table
from luzeiro.observations.segment import (
    DamagedSegmentError,
    SegmentName,
    read,
    seal,
    waiting_in,
)
from tests.observations.examples import AT, sighting

NAMES = st.builds(
    SegmentName,
    st.datetimes(timezones=st.just(UTC)),
    st.binary(min_size=32, max_size=32),
)


def put(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def named(data: bytes) -> str:
    return str(SegmentName(AT, hashlib.sha256(data).digest()))


@given(NAMES, NAMES)
def test_names_come_back_as_they_were_and_sort_as_their_instants(
    one: SegmentName, other: SegmentName
) -> None:
    assert SegmentName.parse(str(one)) == one
    assert (str(one) < str(other)) == (one < other)


def test_the_name_is_the_documented_one() -> None:
    assert str(SegmentName(AT, bytes(32))) == f"20260304T050607890123Z-{'00' * 32}.parquet"
    assert SegmentName(AT, bytes(32)).on == date(2026, 3, 4)


@pytest.mark.parametrize("name", ["", "x.parquet", "20260304T050607890123Z-00.parquet", ".new"])
def test_another_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not the name of a segment"):
        SegmentName.parse(name)


def test_a_segment_gives_its_sightings_back(tmp_path: Path) -> None:
    later = datetime(2026, 3, 5, tzinfo=UTC)
    sightings = [sighting(1, seen_at=later), sighting(2)]
    name, sealed = seal(sightings)
    assert name.latest_at == later
    assert from_table(read(put(tmp_path, str(name), sealed))) == sightings


def test_the_same_sightings_make_the_same_segment() -> None:
    assert seal([sighting(1)]) == seal([sighting(1)]) != seal([sighting(2)])


def test_an_empty_segment_is_not_made() -> None:
    with pytest.raises(ValueError, match="1 to 1000000"):
        seal([])


def test_any_flipped_bit_and_any_cut_is_found(tmp_path: Path) -> None:
    name, sealed = seal([sighting(1)])
    random = Random(1)
    for _ in range(200):
        at = random.randrange(len(sealed))
        flipped = sealed[:at] + bytes([sealed[at] ^ (1 << random.randrange(8))]) + sealed[at + 1 :]
        for damaged in (flipped, sealed[:at]):
            with pytest.raises(DamagedSegmentError, match="SHA-256"):
                read(put(tmp_path, str(name), damaged))


def test_a_well_named_file_that_is_no_batch_is_found(tmp_path: Path) -> None:
    other = pa.BufferOutputStream()
    pq.write_table(pa.table({"x": [1]}), other)
    for data, why in ((b"not parquet", "not Parquet"), (other.getvalue().to_pybytes(), "columns")):
        with pytest.raises(DamagedSegmentError, match=why):
            read(put(tmp_path, named(data), data))


def test_only_segments_wait_in_a_spool_oldest_first(tmp_path: Path) -> None:
    old, new = (str(SegmentName(AT.replace(year=year), bytes(32))) for year in (2025, 2026))
    for name in (new, old, "x.parquet", f"{new}.writing"):
        put(tmp_path, name, b"")
    assert [path.name for path in waiting_in(tmp_path)] == [old, new]
