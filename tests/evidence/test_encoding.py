from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luzeiro.evidence import encoding
from luzeiro.evidence.verifier.merkle import leaf_hash
from luzeiro.evidence.verifier.sighting import encode_sighting
from luzeiro.observations.batch import SCHEMA, to_table
from luzeiro.observations.grade import Control, Grade
from luzeiro.observations.record import Clock, Sighting, UserId, Witness
from luzeiro.package.rows import json_row
from tests.observations.examples import AT, NODE, PEER, observation, sighting

TEXT = st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
SIGHTINGS = st.lists(
    st.builds(
        lambda number, text, size, index, kinds, witnesses, doubts, seen: sighting(
            number,
            name=text,
            client=text,
            size_bytes=size,
            file_index=index,
            own=None if index is None else PEER,
            completeness=None if size is None else 12.5,
            user_ids=tuple(
                UserId(kind, kind.encode(), durable=bool(len(kind) % 2)) for kind in kinds
            ),
            told_by=tuple(
                Witness(NODE, "dht", AT, b"n" * few, id_fits_address=fits)
                for few, fits in witnesses
            ),
            doubts=tuple(doubts),
            seen_at=AT + timedelta(microseconds=seen),
        ),
        st.integers(0, 2**60),
        TEXT,
        st.none() | st.integers(0, 2**60),
        st.none() | st.integers(0, 1000),
        st.lists(st.text("abc", max_size=3), max_size=3),
        st.lists(st.tuples(st.integers(0, 20), st.sampled_from([None, True, False])), max_size=3),
        st.lists(st.sampled_from(["", "clock doubtful", "é"]), max_size=2),
        st.integers(0, 10**12),
    ),
    min_size=1,
    max_size=6,
)


def written_out(table: pa.Table) -> list[bytes]:
    """What the other implementation makes of the rows, from their JSON."""
    return [encode_sighting(json_row(row, {})) for row in table.to_pylist()]


@settings(max_examples=60, deadline=None)
@given(SIGHTINGS)
def test_columns_and_rows_are_encoded_alike(sightings: list[Sighting]) -> None:
    table = to_table(sightings)
    assert [one[1:] for one in encoding.leaves(table).to_pylist()] == written_out(table)
    assert encoding.row_hashes(table) == [leaf_hash(one) for one in written_out(table)]
    assert encoding.encode_row(table, len(table) - 1) == written_out(table)[-1]


def test_a_slice_and_several_chunks_are_encoded_like_the_whole() -> None:
    table = to_table([sighting(number, client=str(number)) for number in range(9)])
    whole = encoding.leaves(table).to_pylist()
    assert encoding.leaves(table.slice(3, 4)).to_pylist() == whole[3:7]
    chunked = pa.concat_tables([table.slice(0, 5), table.slice(5)])
    assert encoding.leaves(chunked).to_pylist() == whole


def test_every_column_but_the_raw_exchange_is_encoded() -> None:
    encoded = {name for name, _ in encoding.FIXED} | set(encoding.VARIABLE)
    assert encoded == set(SCHEMA.names) - {"exchange"}


CHANGES = {
    "grade": Grade.REACHED,
    "control": Control.UNANSWERED,
    "client": None,
    "name": "",
    "completeness": 99.0,
    "completeness_bound": "at least",
    "size_bytes": 0,
    "file_index": None,
    "own": None,
    "doubts": ("a doubt",),
    "user_ids": (),
    "told_by": (),
    "port_kind": "source",
    "opened_by": "them",
    "network": "other",
    "started_at": AT + timedelta(microseconds=1),
    "exchange": b"LZX1",
}


@pytest.mark.parametrize("field", sorted(CHANGES))
def test_each_field_that_changes_changes_the_encoding(field: str) -> None:
    before, after = to_table([sighting(1)]), to_table([sighting(1, **{field: CHANGES[field]})])
    assert encoding.encode_row(before, 0) != encoding.encode_row(after, 0)


def test_unknown_and_zero_are_not_alike() -> None:
    encoded = {
        encoding.encode_row(to_table([sighting(1, size_bytes=size, name=name)]), 0)
        for size in (None, 0)
        for name in (None, "")
    }
    assert len(encoded) == 4


def test_many_combinations_of_values_are_encoded_like_few(monkeypatch: pytest.MonkeyPatch) -> None:
    table = to_table([sighting(number, client=f"{number}") for number in range(50)])
    before = encoding.leaves(table).to_pylist()
    monkeypatch.setattr(encoding, "_MOST_COMBINATIONS", 3)
    assert encoding.leaves(table).to_pylist() == before


def test_what_is_not_a_number_has_no_encoding() -> None:
    table = to_table([sighting(1)])
    place = table.column_names.index("clock_error_s")
    broken = table.set_column(place, SCHEMA.field(place), pa.array([np.nan]))
    with pytest.raises(ValueError, match="not a number"):
        encoding.leaves(broken)


def test_the_clocks_bound_may_be_unknown() -> None:
    known = sighting(1)
    unknown = Sighting(
        sighting_id=known.sighting_id,
        observation=observation(),
        collector=known.collector,
        software=known.software,
        configuration_sha256=known.configuration_sha256,
        watch_revision=known.watch_revision,
        clock=Clock(None, "undisciplined"),
    )
    table = to_table([unknown])
    assert encoding.encode_row(table, 0) == written_out(table)[0]
