"""Addresses and instants to places, by the tables that were in force then; arrays only."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from luzeiro.places.fields import RECORD
from luzeiro.places.flags import SHARED_ADDRESS_SPACE, Flag
from luzeiro.places.lists import read_networks
from luzeiro.places.lookup import NOWHERE, AddressTable
from luzeiro.places.networks import to_ranges
from luzeiro.places.place import PLACE, unplaced
from luzeiro.places.tables import Kind, PlaceTable, read_tables

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FLAGS = tuple(sorted(Flag))
_BIT = {flag: np.uint16(1 << place) for place, flag in enumerate(_FLAGS)}
_SOURCE = ("place_table", "place_built_at", "place_sha256")
_Addresses = NDArray[np.uint8]
_Instants = NDArray[np.int64]


class Places:
    """The tables of an installation. Without any, everything is unplaced."""

    def __init__(self, tables: Sequence[PlaceTable] = ()) -> None:
        """Make ready.

        Args:
            tables: in the order in which they came into force.
        """
        self.tables = tuple(tables)
        series: dict[tuple[str, str], list[PlaceTable]] = {}
        for table in tables:
            series.setdefault(table.info.series, []).append(table)

        def of(kind: Kind) -> list[_Series]:
            return [_Series(some) for (one, _), some in sorted(series.items()) if one == kind]

        self._place, self._asn = of(Kind.PLACE), of(Kind.ASN)
        self._registries, self._lists = of(Kind.REGISTRY), of(Kind.LIST)
        self._shared = AddressTable.build(to_ranges(read_networks(SHARED_ADDRESS_SPACE)))

    @classmethod
    def open(cls, home: Path) -> "Places":
        """Open what was loaded.

        Raises:
            PlaceTableError: a table is damaged.
        """
        return cls(read_tables(home))

    def place(self, addresses: _Addresses, seen_at: _Instants) -> pa.Table:
        """Place addresses.

        Args:
            addresses: shape (n, 16), network order, IPv4 mapped.
            seen_at: shape (n,), microseconds since 1970.

        Returns:
            n rows of `place.PLACE`.
        """
        found: dict[str, pa.Array] = {}
        flags = np.zeros(len(addresses), np.uint16)
        flags[self._shared.find(addresses) != NOWHERE] |= _BIT[Flag.CARRIER_GRADE_NAT]
        countries = np.zeros(len(addresses), np.uint16)
        for series in self._place:
            rows, later = series.find(addresses, seen_at, or_the_first=True)
            flags[later] |= _BIT[Flag.PLACED_LATER]
            countries = series.countries[rows]
            found |= series.columns(rows, (*RECORD.names, *_SOURCE))
        for series in self._asn:
            rows, _ = series.find(addresses, seen_at, or_the_first=True)
            found |= series.columns(rows, ("asn", "organisation"))
            found["asn_table_sha256"] = series.columns(rows, ("place_sha256",))["place_sha256"]
        second = self._second_countries(addresses, seen_at)
        disputed = (countries != second) & (countries != 0) & (second != 0)
        flags[disputed] |= _BIT[Flag.COUNTRY_DISPUTED]
        for series in self._lists:
            rows, _ = series.find(addresses, seen_at)
            flags[series.listed[rows]] |= _BIT[Flag(series.flag)]
        found |= {"second_country": _spelled(second), "flags": _flag_lists(flags)}
        found = _unplaced_columns(len(addresses), but=found) | found
        return pa.table([found[name] for name in PLACE.names], schema=PLACE)

    def _second_countries(self, addresses: _Addresses, seen_at: _Instants) -> NDArray[np.uint16]:
        countries = np.zeros(len(addresses), np.uint16)
        for series in self._registries:
            rows, _ = series.find(addresses, seen_at)
            np.copyto(countries, series.countries[rows], where=countries == 0)
        return countries


@dataclass(frozen=True, slots=True, eq=False)
class _Member:
    table: PlaceTable
    since_us: int
    base: int  # of its rows among those of the series; the one before says "no record"


class _Series:
    """Tables that follow one another, with all their records as one table."""

    def __init__(self, tables: Sequence[PlaceTable]) -> None:
        self.flag = tables[0].info.flag
        nothing = unplaced(1).select([*RECORD.names, *_SOURCE])
        parts, members, base = [nothing], [], 1
        for table in tables:
            info = table.info
            built_us = (info.built_at - _EPOCH) // timedelta(microseconds=1)
            records = pa.concat_tables([nothing.select(RECORD.names).cast(RECORD), table.records])
            source = {
                "place_table": pa.array([info.name]),
                "place_built_at": pa.array([built_us]),
                "place_sha256": pa.array([bytes.fromhex(info.sha256)], pa.binary(32)),
            }
            at_0 = pa.array(np.zeros(len(records), np.int64))
            for name, value in source.items():
                records = records.append_column(name, value.take(at_0))
            parts.append(records.cast(nothing.schema))
            since_us = (info.in_force_from - _EPOCH) // timedelta(microseconds=1)
            members.append(_Member(table, since_us, base + 1))
            base += len(records)
        self._records = pa.concat_tables(parts).combine_chunks()
        self._members = members
        self._since_us = np.array([member.since_us for member in members], np.int64)
        self.countries = _codes(self._records["country"].to_pylist())
        # Of a list: whether the row means that the address is on it.
        self.listed = np.ones(base, bool)
        self.listed[[0, *(member.base - 1 for member in members)]] = False

    def find(
        self, addresses: _Addresses, seen_at: _Instants, *, or_the_first: bool = False
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """The row of each address, and for which none was in force yet.

        With `or_the_first`, where none was in force yet the first table answers.
        """
        which = np.searchsorted(self._since_us, seen_at, "right") - 1
        early = which < 0
        if or_the_first:
            which = np.maximum(which, 0)
        if (which == which[:1]).all() and len(which) and which[0] >= 0:
            return self._rows(self._members[which[0]], addresses), early
        rows = np.zeros(len(addresses), np.int64)
        for at in np.unique(which[which >= 0]).tolist():
            some = which == at
            rows[some] = self._rows(self._members[at], addresses[some])
        return rows, early

    def columns(self, rows: NDArray[np.int64], names: Sequence[str]) -> dict[str, pa.Array]:
        taken = self._records.select(list(names)).take(pa.array(rows)).combine_chunks()
        return {name: _one_chunk(taken[name]) for name in names}

    def _rows(self, member: _Member, addresses: _Addresses) -> NDArray[np.int64]:
        return member.table.addresses.find(addresses).astype(np.int64) + member.base


def _unplaced_columns(count: int, *, but: Collection[str]) -> dict[str, pa.Array]:
    one, at_0 = unplaced(1), pa.array(np.zeros(count, np.int64))
    return {name: _one_chunk(one[name]).take(at_0) for name in PLACE.names if name not in but}


def _one_chunk(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _codes(countries: Sequence[str]) -> NDArray[np.uint16]:
    """Two letters as a number; 0 for none."""
    return np.array([int.from_bytes(one.encode(), "big") for one in countries], np.uint16)


def _spelled(codes: NDArray[np.uint16]) -> pa.Array:
    known = np.flatnonzero(np.bincount(codes, minlength=1 << 16))
    place = np.zeros(1 << 16, np.int64)
    place[known] = np.arange(len(known))
    texts = [int(code).to_bytes(2, "big").decode() if code else "" for code in known]
    return pa.array(texts, pa.string()).take(pa.array(place[codes]))


def _flag_lists(flags: NDArray[np.uint16]) -> pa.Array:
    every = range(1 << len(_FLAGS))
    lists = [[str(flag) for flag in _FLAGS if int(_BIT[flag]) & bits] for bits in every]
    return pa.array(lists, PLACE.field("flags").type).take(pa.array(flags))
