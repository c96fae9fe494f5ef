from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from random import Random

import maxminddb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luzeiro.observations.endpoint import V4_MAPPED
from luzeiro.places.errors import BrokenDataError, PlaceTableError
from luzeiro.places.lookup import AddressTable
from luzeiro.places.mmdb import MmdbFile
from tests.places.mmdb_writer import Value, write_mmdb

VECTORS = Path(__file__).parents[1] / "vectors" / "places"
PUBLISHED = Path(__file__).parents[3] / "shared" / "mmdb"  # whole, where it lies there
_PATHS = {path.name: path for folder in (PUBLISHED, VECTORS) for path in folder.rglob("*.mmdb")}
BAD = sorted(
    path
    for path in _PATHS.values()
    if "bad-data" in path.parts or any(word in path.name.lower() for word in ("broken", "invalid"))
)
GOOD = sorted(set(_PATHS.values()) - set(BAD))


def read_all(path: Path) -> None:
    """What loading a table does: the tree, and each record."""
    try:
        file = MmdbFile.open(path)
        ranges = file.ranges()
        for offset in np.unique(np.concatenate([ranges.v4_values, ranges.v6_values])).tolist():
            if offset >= 0:
                file.record(offset)
    except BrokenDataError as error:
        raise PlaceTableError(path, str(error)) from error


def mismatches(sealed: bytes, path: Path, random: Random, count: int) -> list[str]:
    """Where our look-up and maxminddb's differ, at every border and at random."""
    file = MmdbFile(sealed)
    ranges = file.ranges()
    numbers = [V4_MAPPED + int(one).to_bytes(4, "big") for one in ranges.v4_starts]
    numbers += [int(high).to_bytes(8, "big") + int(low).to_bytes(8, "big")
                for high, low in ranges.v6_starts]  # fmt: skip
    near = [(int.from_bytes(one, "big") - 1) % (1 << 128) for one in numbers]
    packed = [*numbers, *(one.to_bytes(16, "big") for one in near)]
    packed += [V4_MAPPED + random.randbytes(4) for _ in range(count)]
    packed += [random.choice(numbers)[:random.randrange(16)].ljust(15, b"\1") + random.randbytes(1)
               for _ in range(count)]  # fmt: skip
    if file.metadata.ip_version == 4:
        packed = [one for one in packed if one.startswith(V4_MAPPED)]
    table = np.frombuffer(b"".join(packed), np.uint8).reshape(-1, 16)
    rows = AddressTable.build(ranges).find(table).tolist()
    differ = []
    with maxminddb.open_database(str(path), maxminddb.MODE_MEMORY) as reader:
        for raw, row in zip(packed, rows, strict=True):
            mapped = raw.startswith(V4_MAPPED)
            text = str(IPv4Address(raw[12:]) if mapped else IPv6Address(raw))
            if reader.get(text) != (file.record(row) if row >= 0 else None):
                differ.append(text)
    return differ


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_every_look_up_in_a_published_file_is_maxminddb_s(path: Path) -> None:
    assert mismatches(path.read_bytes(), path, Random(1), 200) == []


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.name)
def test_a_damaged_published_file_is_refused_with_its_name_and_why(path: Path) -> None:
    with pytest.raises(PlaceTableError, match=rf"{path.name} cannot be used: .+\. Fetch it again"):
        read_all(path)


def test_there_are_good_and_bad_files_to_try() -> None:
    assert len(GOOD) >= 5
    assert len(BAD) >= 14


NETWORKS = st.one_of(
    st.builds(
        lambda low, length: (
            f"{IPv4Address((10 << 24 | low) >> 32 - length << 32 - length)}/{length}"
        ),
        st.integers(0, 2**24 - 1),
        st.integers(9, 32),
    ),
    st.builds(
        lambda low, length: (
            str(IPv6Address((0x20010DB8 << 96 | low) >> 128 - length << 128 - length))
            + f"/{length}"
        ),
        st.one_of(st.integers(0, 2**70), st.integers(0, 2**96 - 1)),
        st.integers(33, 128),
    ),
)


@given(
    st.dictionaries(NETWORKS, st.integers(0, 9), min_size=1, max_size=30),
    st.sampled_from([24, 28, 32]),
    st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_every_look_up_in_a_generated_file_is_maxminddb_s(
    networks: dict[str, Value], record_bits: int, aliases: bool
) -> None:
    sealed = write_mmdb(networks, record_bits=record_bits, aliases=aliases)
    path = Path("/dev/shm") / "luzeiro-generated.mmdb"
    path.write_bytes(sealed)
    assert mismatches(sealed, path, Random(2), 40) == []


def test_splits_below_a_64_are_told_apart() -> None:
    sealed = write_mmdb({
        "2001:db8::/32": "wide", "2001:db8:0:1::8000/113": "half", "2001:db8:0:1::8001/128": "one",
    })  # fmt: skip
    file = MmdbFile(sealed)
    table = AddressTable.build(file.ranges())
    texts = ("2001:db8:0:1::7fff", "2001:db8:0:1::8000", "2001:db8:0:1::8001", "2001:db8:0:1::8002",
             "2001:db8:0:1::1:0", "2001:db8:0:2::")  # fmt: skip
    packed = b"".join(IPv6Address(one).packed for one in texts)
    rows = table.find(np.frombuffer(packed, np.uint8).reshape(-1, 16))
    assert [file.record(row) for row in rows.tolist()] == [
        "wide", "half", "one", "half", "wide", "wide",
    ]  # fmt: skip


def test_what_a_file_says_of_itself_is_read() -> None:
    file = MmdbFile(write_mmdb({"192.0.2.0/24": "x"}, database_type="Example-ASN"))
    assert (file.metadata.database_type, file.metadata.ip_version) == ("Example-ASN", 6)
    assert file.metadata.built_at.isoformat() == "2026-03-01T00:00:00+00:00"


def test_a_file_that_does_not_say_what_it_is_is_refused() -> None:
    with pytest.raises(BrokenDataError, match="does not say what it is"):
        MmdbFile(write_mmdb({"192.0.2.0/24": "x"}, description=""))


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_a_file_or_refused(noise: bytes) -> None:
    whole = write_mmdb({"192.0.2.0/24": "x", "2001:db8::/32": ["y", 1]})
    spoiled = bytearray(whole)
    for place, byte in enumerate(noise):
        spoiled[(place * 7 + byte) % len(spoiled)] ^= byte
    try:
        file = MmdbFile(bytes(spoiled))
        for offset in np.unique(file.ranges().v4_values).tolist():
            if offset >= 0:
                file.record(offset)
    except BrokenDataError:
        pass
