"""Sightings in columns: the fixed schema of a batch, and the way there and back.

Addresses are 16 bytes (IPv4 mapped), ids and digests raw bytes, instants microseconds since
1970-01-01 UTC. `raw_sha256` names the raw exchange in `exchange` (exchange.py says how that is
encoded). A column is added at the end; none changes its meaning.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import numpy as np
import pyarrow as pa

from luzeiro.observations import exchange
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.grade import Control, Grade
from luzeiro.observations.identifiers import Identifier, IdentifierKind
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

USER_ID = pa.struct(
    [
        pa.field("kind", pa.string(), nullable=False),
        pa.field("value", pa.binary(), nullable=False),
        pa.field("durable", pa.bool_(), nullable=False),
    ]
)
WITNESS = pa.struct(
    [
        pa.field("address", pa.binary(16), nullable=False),
        pa.field("port", pa.uint16(), nullable=False),
        pa.field("means", pa.string(), nullable=False),
        pa.field("told_at", pa.int64(), nullable=False),
        pa.field("node_id", pa.binary(), nullable=False),
        pa.field("id_fits_address", pa.bool_()),
    ]
)
SCHEMA = pa.schema(
    [
        pa.field("sighting_id", pa.binary(16), nullable=False),
        pa.field("collector", pa.binary(16), nullable=False),
        pa.field("software", pa.string(), nullable=False),
        pa.field("configuration_sha256", pa.binary(32), nullable=False),
        pa.field("watch_revision", pa.string(), nullable=False),
        pa.field("network", pa.string(), nullable=False),
        pa.field("remote_address", pa.binary(16), nullable=False),
        pa.field("remote_port", pa.uint16(), nullable=False),
        pa.field("port_kind", pa.string(), nullable=False),
        pa.field("opened_by", pa.string(), nullable=False),
        pa.field("own_address", pa.binary(16)),
        pa.field("own_port", pa.uint16()),
        pa.field("started_at", pa.int64(), nullable=False),
        pa.field("seen_at", pa.int64(), nullable=False),
        pa.field("clock_error_s", pa.float64()),
        pa.field("clock_source", pa.string(), nullable=False),
        pa.field("identifier_kind", pa.string(), nullable=False),
        pa.field("identifier", pa.binary(), nullable=False),
        pa.field("file_index", pa.int32()),
        pa.field("size_bytes", pa.int64()),
        pa.field("name", pa.string()),
        pa.field("completeness", pa.float64()),
        pa.field("completeness_bound", pa.string(), nullable=False),
        pa.field("role", pa.string(), nullable=False),
        pa.field("user_ids", pa.list_(pa.field("item", USER_ID, nullable=False)), nullable=False),
        pa.field("client", pa.string()),
        pa.field("told_by", pa.list_(pa.field("item", WITNESS, nullable=False)), nullable=False),
        pa.field("grade", pa.string(), nullable=False),
        pa.field("control", pa.string(), nullable=False),
        pa.field("doubts", pa.list_(pa.field("item", pa.string(), nullable=False)), nullable=False),
        pa.field("raw_sha256", pa.binary(32), nullable=False),
        pa.field("exchange", pa.binary(), nullable=False),
    ],
    metadata={"luzeiro.batch": "1"},
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_Held = TypeVar("_Held")


def to_table(sightings: Sequence[Sighting]) -> pa.Table:
    """Turn sightings into a table of `SCHEMA`, in their order.

    Lone surrogates in text, which UTF-8 cannot carry, are kept as visible escapes.
    """
    seen = [sighting.observation for sighting in sightings]
    columns = (
        [sighting.sighting_id.bytes for sighting in sightings],
        [sighting.collector.bytes for sighting in sightings],
        [sighting.software for sighting in sightings],
        [sighting.configuration_sha256 for sighting in sightings],
        [sighting.watch_revision for sighting in sightings],
        [one.network for one in seen],
        [one.remote.packed for one in seen],
        [one.remote.port for one in seen],
        [one.port_kind for one in seen],
        [one.opened_by for one in seen],
        [one.own and one.own.packed for one in seen],
        [one.own and one.own.port for one in seen],
        _microseconds(one.started_at for one in seen),
        _microseconds(one.seen_at for one in seen),
        [sighting.clock.error_s for sighting in sightings],
        [sighting.clock.source for sighting in sightings],
        [one.identifier.kind for one in seen],
        [one.identifier.digest for one in seen],
        [one.file_index for one in seen],
        [one.size_bytes for one in seen],
        [one.name for one in seen],
        [one.completeness for one in seen],
        [one.completeness_bound for one in seen],
        [one.role for one in seen],
        _lists([one.user_ids for one in seen], USER_ID, _user_id_columns),
        [one.client for one in seen],
        _lists([one.told_by for one in seen], WITNESS, _witness_columns),
        [one.grade for one in seen],
        [one.control for one in seen],
        [one.doubts for one in seen],
        [exchange.sha256(one.exchange) for one in seen],
        [one.exchange for one in seen],
    )
    return pa.table(
        [_array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)],
        schema=SCHEMA,
    )


def from_table(table: pa.Table) -> list[Sighting]:
    """Turn a table of `SCHEMA` back into sightings.

    Raises:
        ValueError: another schema, a value that no sighting has, or a raw exchange that is not the
            one that `raw_sha256` names.
    """
    if not table.schema.equals(SCHEMA):
        raise ValueError("not a batch of sightings: its columns are not those of the record")
    return [_sighting(row) for row in table.to_pylist()]


def _array(column: Iterable[object], kind: pa.DataType) -> pa.Array:
    if isinstance(column, pa.Array):
        return column  # finished already
    try:
        return pa.array(column, kind)
    except UnicodeEncodeError:
        return pa.array([_spelled(text) for text in column], kind)


def _spelled(text: object) -> object:
    return text.encode("utf-8", "backslashreplace").decode() if isinstance(text, str) else text


def _microseconds(instants: Iterable[datetime]) -> pa.Array:
    # Exact: a datetime holds whole microseconds, and so does the timestamp.
    return pa.array(list(instants), pa.timestamp("us", tz="UTC")).cast(pa.int64())


def _lists(
    lists: Sequence[Sequence[_Held]],
    kind: pa.StructType,
    columns: Callable[[list[_Held]], list[Any]],
) -> pa.Array:
    """Lay the lists end to end, and say where each begins: one conversion a field."""
    held = [one for each in lists for one in each]
    fields = [kind.field(position) for position in range(kind.num_fields)]
    arrays = [
        _array(column, field.type) for column, field in zip(columns(held), fields, strict=True)
    ]
    begins = np.zeros(len(lists) + 1, np.int32)
    np.cumsum([len(each) for each in lists], out=begins[1:])
    structs = pa.StructArray.from_arrays(arrays, fields=fields)
    return pa.ListArray.from_arrays(
        begins, structs, type=pa.list_(pa.field("item", kind, nullable=False))
    )


def _user_id_columns(held: list[UserId]) -> list[Any]:
    return [
        [one.kind for one in held],
        [one.value for one in held],
        [one.durable for one in held],
    ]


def _witness_columns(held: list[Witness]) -> list[Any]:
    return [
        [one.endpoint.packed for one in held],
        [one.endpoint.port for one in held],
        [one.means for one in held],
        _microseconds(one.told_at for one in held),
        [one.node_id for one in held],
        [one.id_fits_address for one in held],
    ]


def _sighting(row: dict[str, Any]) -> Sighting:
    return Sighting(
        sighting_id=UUID(bytes=row["sighting_id"]),
        collector=UUID(bytes=row["collector"]),
        software=row["software"],
        configuration_sha256=row["configuration_sha256"],
        watch_revision=row["watch_revision"],
        clock=Clock(row["clock_error_s"], row["clock_source"]),
        observation=_observation(row),
    )


def _observation(row: dict[str, Any]) -> Observation:
    if exchange.sha256(row["exchange"]) != row["raw_sha256"]:
        named = row["raw_sha256"].hex()
        raise ValueError(f"the raw exchange is not the one that its SHA-256 {named} names")
    own = row["own_address"]
    return Observation(
        network=row["network"],
        remote=Endpoint(row["remote_address"], row["remote_port"]),
        port_kind=PortKind(row["port_kind"]),
        opened_by=OpenedBy(row["opened_by"]),
        own=None if own is None else Endpoint(own, row["own_port"]),
        started_at=instant(row["started_at"]),
        seen_at=instant(row["seen_at"]),
        identifier=Identifier(IdentifierKind(row["identifier_kind"]), row["identifier"]),
        file_index=row["file_index"],
        size_bytes=row["size_bytes"],
        name=row["name"],
        completeness=row["completeness"],
        completeness_bound=Bound(row["completeness_bound"]),
        role=Role(row["role"]),
        user_ids=tuple(UserId(**one) for one in row["user_ids"]),
        client=row["client"],
        told_by=tuple(map(_witness, row["told_by"])),
        grade=Grade(row["grade"]),
        control=Control(row["control"]),
        doubts=tuple(row["doubts"]),
        exchange=row["exchange"],
    )


def _witness(row: dict[str, Any]) -> Witness:
    return Witness(
        Endpoint(row["address"], row["port"]),
        row["means"],
        instant(row["told_at"]),
        row["node_id"],
        row["id_fits_address"],
    )


def instant(at_us: int) -> datetime:
    """Microseconds since 1970 as a UTC instant, exactly.

    Raises:
        ValueError: outside the years 1 to 9999.
    """
    try:
        return _EPOCH + timedelta(microseconds=at_us)
    except OverflowError as error:
        raise ValueError(f"no instant is {at_us} microseconds from 1970") from error
