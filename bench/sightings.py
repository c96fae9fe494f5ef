"""Sightings by the million, from a seed: whole segments as columns, without one object a row.

What is realistic about them, and what decides how a store behaves:

- **Heavy users.** User `u` of `users` is drawn with density falling as a power: the busiest
  hundredth makes about a fifth of all sightings. A user has one durable id, an address that
  changes every few days, and a country and region that do not.
- **Popular files.** Likewise, steeper: `files` entries, of which a few are seen everywhere.
- **Diurnal cycle.** Each user is awake by the clock of the user's own country; at four in the
  morning local time a tenth as many are seen as at nine in the evening.
- **Grades.** 55 % heard, 15 % reached, 30 % stated.
- **IPv6.** One user in five.

Addresses are of networks that nobody routes: 10.0.0.0/8 (RFC 1918) and 2001:db8::/32 (RFC 3849),
and a country is a range of them, so a table of places can be generated to fit (places_table.py).
The same seed and number give the same segment, byte for byte.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from luzeiro.observations.batch import SCHEMA, instant
from luzeiro.observations.segment import SegmentName

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
COUNTRIES = (
    *("AR", "BR", "PY", "UY", "CL", "CO", "EC", "PE"),
    *("CR", "PA", "MX", "US", "ES", "PT", "DO", "GT"),
)
REGIONS = 16  # of each country
_HOURS_WEST = (3, 3, 4, 3, 4, 5, 5, 5, 6, 5, 6, 6, -1, 0, 4, 6)
_KEPT_DAYS = 4  # for how long a user keeps an address
_V6_HIGH = 0x20010DB8 << 32
_CLIENTS = ("Example 1.0", "Example 2.1", "Other 4.4", "Other 5.0", "Third 0.9")
_NOT_REPEATED = {"sighting_id", "seen_at", "started_at", "raw_sha256", "exchange", "remote_port"}
_Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class World:
    """How many there are of what, and over how long."""

    seed: int = 2026
    users: int = 2_000_000
    files: int = 1_000_000
    rows: int = 10_000_000
    days: float = 10.0
    segment_rows: int = 500_000

    @classmethod
    def of(cls, rows: int) -> Self:
        """That many sightings, five of each user."""
        return cls(rows=rows, users=max(1, rows // 5))

    def segments(self) -> Iterator[pa.Table]:
        """Tables of `batch.SCHEMA`, one a segment, in the order of time."""
        for number in range(-(-self.rows // self.segment_rows)):
            yield self.segment(number)

    def segment(self, number: int) -> pa.Table:
        """One segment's table; the same whenever it is asked for."""
        random = np.random.default_rng((self.seed, number))
        count = min(self.segment_rows, self.rows - number * self.segment_rows)
        at_us = self._instants(random, number, count)
        user = np.minimum(self.users * random.random(count) ** 2.5, self.users - 1).astype(np.int64)
        at_us = _awake(random, user, at_us)
        file = np.minimum(self.files * random.random(count) ** 4, self.files - 1).astype(np.int64)
        return pa.table(_columns(random, user, file, at_us), schema=SCHEMA)

    def _instants(self, random: np.random.Generator, number: int, count: int) -> _Numbers:
        begin_us = int(BEGIN.timestamp() * 1e6)
        each_us = self.days * 86_400e6 / self.rows
        start = begin_us + number * self.segment_rows * each_us
        offsets = np.sort(random.random(count)) * count * each_us
        return (start + offsets).astype(np.int64)


def write_segment(table: pa.Table, folder: Path, *, level: int = 1) -> Path:
    """Seal a table as a segment of a spool: the same format, written by columns."""
    folder.mkdir(parents=True, exist_ok=True)
    out = pa.BufferOutputStream()
    names = [
        field.name
        for field in SCHEMA
        if field.name not in _NOT_REPEATED and not pa.types.is_nested(field.type)
    ]
    pq.write_table(
        table, out, compression="zstd", compression_level=level, use_dictionary=names,
        row_group_size=1_000_000, write_statistics=False,
    )  # fmt: skip
    sealed = out.getvalue()
    latest: datetime = instant(int(np.max(table["seen_at"].to_numpy())))
    name = SegmentName(latest, hashlib.sha256(sealed).digest())
    path = folder / str(name)
    path.write_bytes(sealed)
    return path


def country_of(user: _Numbers) -> _Numbers:
    """Place in `COUNTRIES`: 16 users of 136 are of the first, 15 of the next, 1 of the last."""
    shares = np.cumsum(np.arange(len(COUNTRIES), 0, -1))
    drawn = (_mixed(user, 1) % np.uint64(shares[-1])).astype(np.int64)
    return np.searchsorted(shares, drawn, "right")


def addresses_of(user: _Numbers, at_us: _Numbers) -> NDArray[np.uint8]:
    """Shape (n, 16): where each user is then; the country's number stands in the address.

    IPv4: 10, country (4 bits), region (4 bits), then 16 bits of chance. IPv6: 2001:db8, country and
    region (8 bits), 24 bits of chance for the /64, 64 bits of chance.
    """
    lease = at_us // (_KEPT_DAYS * 86_400_000_000)
    chance = _mixed(user * 1000 + lease, 2)
    area = country_of(user) << 4 | (_mixed(user, 3) % np.uint64(REGIONS)).astype(np.int64)
    low = 0xFFFF << 32 | 10 << 24 | area << 16 | (chance & np.uint64(0xFFFF)).astype(np.int64)
    halves = np.empty((len(user), 2), ">u8")
    is_v6 = user % 5 == 0
    subnet = (chance >> np.uint64(40)).astype(np.int64)
    halves[:, 0] = np.where(is_v6, _V6_HIGH | area << 24 | subnet, 0)
    halves[:, 1] = np.where(is_v6, _mixed(user + lease, 4), low.astype(np.uint64))
    return halves.view(np.uint8).reshape(-1, 16)


def _awake(random: np.random.Generator, user: _Numbers, at_us: _Numbers) -> _Numbers:
    """Move those who would be asleep to the evening before or after."""
    west = np.array(_HOURS_WEST)[country_of(user)]
    hour = (at_us // 3_600_000_000 - west) % 24
    chance = 0.55 - 0.45 * np.cos((hour - 4) * np.pi / 12)
    asleep = random.random(len(user)) > chance
    return np.where(asleep, at_us + random.integers(0, 14, len(user)) * 3_600_000_000, at_us)


def _columns(
    random: np.random.Generator, user: _Numbers, file: _Numbers, at_us: _Numbers
) -> list[pa.Array]:
    count = len(user)
    grade = np.searchsorted([0.55, 0.7], random.random(count), "right")
    asked, stated = grade > 0, grade == 2
    complete = stated & (random.random(count) < 0.4)
    share = np.where(complete, 100.0, np.floor(random.random(count) * 1000) / 10)
    fixed = {
        "sighting_id": _ids(random, at_us),
        "collector": _same(bytes(15) + b"\1", count, pa.binary(16)),
        "software": _same("luzeiro bench", count, pa.string()),
        "configuration_sha256": _same(bytes(32), count, pa.binary(32)),
        "watch_revision": _same("00" * 32, count, pa.string()),
        "network": _same("bittorrent", count, pa.string()),
        "remote_address": _binary(addresses_of(user, at_us)),
        "remote_port": pa.array((1024 + _mixed(user, 5) % np.uint64(60_000)).astype(np.uint16)),
        "port_kind": _same("listening", count, pa.string()),
        "opened_by": _words(("nobody", "us"), asked),
        "own_address": _same(bytes(10) + b"\xff\xff\xc0\x00\x02\x01", count, pa.binary(16)),
        "own_port": _same(40_000, count, pa.uint16()),
        "started_at": pa.array(at_us - 1_500_000),
        "seen_at": pa.array(at_us),
        "clock_error_s": _same(0.01, count, pa.float64()),
        "clock_source": _same("ntp (adjtimex)", count, pa.string()),
        "identifier_kind": _same("btih", count, pa.string()),
        "identifier": _binary(digests_of(file)).cast(pa.binary()),
        "file_index": pa.array((file % 4).astype(np.int32)),
        "size_bytes": pa.array(1_000_000 + file * 1000),
        "name": pa.nulls(count, pa.string()),
        "completeness": pa.array(share, mask=~stated),
        "completeness_bound": _same("exact", count, pa.string()),
        "role": _words(("unknown", "downloading a part", "sharing the whole"), stated + complete),
        "user_ids": _user_ids(user, asked),
        "client": _words((*_CLIENTS, None), np.where(asked, user % 5, 5)),
        "told_by": _witnesses(random, at_us),
        "grade": _words(("heard", "reached", "stated"), grade),
        "control": _words(("not asked", "refused"), stated),
        "doubts": pa.array([[]], SCHEMA.field("doubts").type).take(_zeros(count)),
        "raw_sha256": _binary(_chance(random, count, 32)),
        "exchange": _binary(_chance(random, count, 64)).cast(pa.binary()),
    }
    return [fixed[name] for name in SCHEMA.names]


def digests_of(file: _Numbers) -> NDArray[np.uint8]:
    """Shape (n, 20): an invented infohash for each file."""
    words = np.stack([_mixed(file, 7), _mixed(file, 8), _mixed(file, 9)], axis=1)
    return np.ascontiguousarray(words).view(np.uint8).reshape(-1, 24)[:, :20]


def _ids(random: np.random.Generator, at_us: _Numbers) -> pa.Array:
    """Version 7 (RFC 9562): milliseconds, then chance."""
    raw = _chance(random, len(at_us), 16)
    stamp = (at_us // 1000).astype(">u8").view(np.uint8).reshape(-1, 8)
    raw[:, :6] = stamp[:, 2:]
    raw[:, 6], raw[:, 8] = raw[:, 6] & 15 | 0x70, raw[:, 8] & 63 | 128
    return _binary(raw)


def _user_ids(user: _Numbers, asked: NDArray[np.bool_]) -> pa.Array:
    known = user[asked]
    words = np.stack([_mixed(known, 10), _mixed(known, 11)], axis=1)
    values = _binary(np.ascontiguousarray(words).view(np.uint8).reshape(-1, 16)).cast(pa.binary())
    kind = SCHEMA.field("user_ids").type
    structs = pa.StructArray.from_arrays(
        [_same("user_hash", len(known), pa.string()), values, _same(True, len(known), pa.bool_())],
        fields=list(kind.value_type),
    )
    return pa.ListArray.from_arrays(_begins(asked), structs, type=kind)


def _witnesses(random: np.random.Generator, at_us: _Numbers) -> pa.Array:
    count = len(at_us)
    kind = SCHEMA.field("told_by").type
    node = random.integers(0, 20_000, count)
    words = np.stack([_mixed(node, 12), _mixed(node, 13), _mixed(node, 14)], axis=1)
    ids = np.ascontiguousarray(words).view(np.uint8).reshape(-1, 24)[:, :20]
    structs = pa.StructArray.from_arrays(
        [
            _binary(addresses_of(node, np.zeros(count, np.int64))),
            _same(6881, count, pa.uint16()),
            _same("dht", count, pa.string()),
            pa.array(at_us - 2_000_000),
            _binary(ids).cast(pa.binary()),
            _same(True, count, pa.bool_()),
        ],
        fields=list(kind.value_type),
    )
    return pa.ListArray.from_arrays(_begins(np.ones(count, bool)), structs, type=kind)


def _begins(present: NDArray[np.bool_]) -> pa.Array:
    return pa.array(np.concatenate([[0], np.cumsum(present)]).astype(np.int32))


def _binary(raw: NDArray[np.uint8]) -> pa.Array:
    width = raw.shape[1]
    held = pa.py_buffer(np.ascontiguousarray(raw).tobytes())
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(width), len(raw), [None, held])


def _words(words: tuple[str | None, ...], which: NDArray[np.int64] | NDArray[np.bool_]) -> pa.Array:
    return pa.array(words, pa.string()).take(pa.array(which.astype(np.int64)))


def _same(value: object, count: int, kind: pa.DataType) -> pa.Array:
    return pa.array([value], kind).take(_zeros(count))


def _zeros(count: int) -> pa.Array:
    return pa.array(np.zeros(count, np.int64))


def _chance(random: np.random.Generator, count: int, width: int) -> NDArray[np.uint8]:
    return np.frombuffer(random.bytes(count * width), np.uint8).reshape(-1, width).copy()


def _mixed(values: _Numbers, salt: int) -> NDArray[np.uint64]:
    """Numbers that look like chance and are always the same (splitmix64)."""
    z = values.astype(np.uint64) + np.uint64(salt * 0x9E3779B97F4A7C15 % 2**64)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: NDArray[np.uint64] = z ^ (z >> np.uint64(31))
    return mixed
