from datetime import UTC, datetime
from uuid import UUID

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.observations import exchange
from luzeiro.observations.batch import SCHEMA, from_table, instant, to_table
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.grade import Control, Grade
from luzeiro.observations.identifiers import WIDTH_BYTES, Identifier
from luzeiro.observations.record import (
    Bound,
    Clock,
    Observation,
    OpenedBy,
    PortKind,
    Role,
    Sighting,
    UserId,
    Witness,
)
from tests.observations.examples import AT, sighting

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
EARLIEST, LATEST = datetime(1, 1, 2), datetime(9999, 12, 30)  # noqa: DTZ001 - as hypothesis wants them
INSTANTS = st.datetimes(EARLIEST, LATEST, timezones=st.just(UTC))
ENDPOINTS = st.builds(Endpoint, st.binary(min_size=16, max_size=16), st.integers(0, 65535))
IDENTIFIERS = st.sampled_from(sorted(WIDTH_BYTES)).flatmap(
    lambda kind: st.builds(
        Identifier,
        st.just(kind),
        st.binary(min_size=WIDTH_BYTES[kind], max_size=WIDTH_BYTES[kind]),
    )
)
OBSERVATIONS = st.builds(
    Observation,
    network=TEXT,
    remote=ENDPOINTS,
    port_kind=st.sampled_from(PortKind),
    opened_by=st.sampled_from(OpenedBy),
    own=st.none() | ENDPOINTS,
    started_at=INSTANTS,
    seen_at=INSTANTS,
    identifier=IDENTIFIERS,
    file_index=st.none() | st.integers(0, 2**31 - 1),
    size_bytes=st.none() | st.integers(0, 2**63 - 1),
    name=st.none() | TEXT,
    completeness=st.none() | st.floats(0, 100),
    completeness_bound=st.sampled_from(Bound),
    role=st.sampled_from(Role),
    user_ids=st.lists(
        st.builds(UserId, TEXT, st.binary(max_size=20), st.booleans()), max_size=3
    ).map(tuple),
    client=st.none() | TEXT,
    told_by=st.lists(
        st.builds(
            Witness, ENDPOINTS, TEXT, INSTANTS, st.binary(max_size=20), st.none() | st.booleans()
        ),
        max_size=3,
    ).map(tuple),
    grade=st.sampled_from([Grade.HEARD, Grade.REACHED, Grade.STATED]),
    control=st.sampled_from(Control),
    doubts=st.lists(TEXT, max_size=2).map(tuple),
    exchange=st.binary(max_size=50),
)
SIGHTINGS = st.builds(
    Sighting,
    sighting_id=st.uuids(),
    observation=OBSERVATIONS,
    collector=st.uuids(),
    software=TEXT,
    configuration_sha256=st.binary(min_size=32, max_size=32),
    watch_revision=TEXT,
    clock=st.builds(Clock, st.none() | st.floats(0, 1e6), TEXT),
)


@given(st.lists(SIGHTINGS, max_size=4))
def test_sightings_come_back_as_they_were(sightings: list[Sighting]) -> None:
    table = to_table(sightings)
    table.validate(full=True)
    assert from_table(table) == sightings


def test_an_empty_batch_has_the_schema_too() -> None:
    assert to_table([]).schema.equals(SCHEMA)


def test_ids_addresses_and_digests_are_raw_and_instants_are_microseconds() -> None:
    (row,) = to_table([sighting(5)]).to_pylist()
    assert row["sighting_id"] == UUID(int=(7 << 76) | (2 << 62) | 5).bytes
    assert row["remote_address"] == bytes(10) + b"\xff\xff" + bytes([198, 51, 100, 7])
    assert row["identifier"] == bytes(range(20))
    assert row["seen_at"] == 1_772_600_767_890_123
    assert row["raw_sha256"] == exchange.sha256(row["exchange"])


def test_hearsay_has_no_address_of_ours() -> None:
    (row,) = to_table([sighting(own=None)]).to_pylist()
    assert (row["own_address"], row["own_port"]) == (None, None)


def test_text_that_utf_8_cannot_carry_is_spelled_out() -> None:
    (row,) = to_table([sighting(client="x\ud800y")]).to_pylist()
    assert row["client"] == "x\\ud800y"


def test_a_table_of_other_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="not a batch of sightings"):
        from_table(pa.table({"sighting_id": pa.array([b"x"])}))


def test_an_exchange_that_its_digest_does_not_name_is_refused() -> None:
    table = to_table([sighting()])
    at = table.schema.get_field_index("exchange")
    altered = table.set_column(at, SCHEMA.field(at), pa.array([b"LZX1"], pa.binary()))
    with pytest.raises(ValueError, match="SHA-256"):
        from_table(altered)


def test_a_claim_of_corroboration_is_refused() -> None:
    table = to_table([sighting()])
    at = table.schema.get_field_index("grade")
    altered = table.set_column(at, SCHEMA.field(at), pa.array(["corroborated"]))
    with pytest.raises(ValueError, match="never claims"):
        from_table(altered)


def test_an_instant_that_no_calendar_has_is_refused() -> None:
    assert instant(1_772_600_767_890_123) == AT
    with pytest.raises(ValueError, match="microseconds"):
        instant(2**63 - 1)


def test_the_record_and_its_batch_have_the_same_fields() -> None:
    spelled = set(SCHEMA.names) - {"remote_address", "remote_port", "own_address", "own_port"}
    spelled -= {"identifier_kind", "clock_error_s", "clock_source", "raw_sha256"}
    spelled |= {"remote", "own", "clock", "observation"}
    held = set(Sighting.__dataclass_fields__) | set(Observation.__dataclass_fields__)
    assert spelled == held
