from typing import Any

import pytest

from luzeiro.evidence.verifier.sighting import RowError, encode_sighting, microseconds, pack_address
from luzeiro.observations.batch import to_table
from luzeiro.package.rows import json_row
from tests.observations.examples import sighting


def row(**changes: Any) -> dict[str, Any]:
    (sealed,) = to_table([sighting(1)]).to_pylist()
    return {**json_row(sealed, {}), **changes}


def test_the_encoding_is_the_one_that_is_written_down() -> None:
    encoded = encode_sighting(row())
    assert encoded.startswith(b"LZS1" + sighting(1).sighting_id.bytes)
    fixed = 4 + 16 + 16 + 32 + 16 + 2 + 17 + 3 + 8 + 8 + 9 + 5 + 9 + 9 + 32
    assert encoded[fixed:].startswith(b"\0\0\0\x0cluzeiro test")
    assert encoded.endswith(b"\0\0\0\0")  # no doubts


@pytest.mark.parametrize(
    "change",
    [
        {"seen_at": "2026-03-04T05:06:07Z"},
        {"seen_at": "2026-03-04T05:06:07.890123+00:00"},
        {"remote_port": 65536},
        {"remote_address": "198.51.100.256"},
        {"raw_sha256": "00"},
        {"sighting_id": "00000000000000000000000000000001"},
        {"user_ids": [{}]},
        {"told_by": None},
        {"completeness": "all"},
        {"client": 7},
    ],
)
def test_what_no_sighting_has_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(RowError):
        encode_sighting(row(**change))


def test_a_missing_field_is_refused() -> None:
    held = row()
    del held["grade"]
    with pytest.raises(RowError):
        encode_sighting(held)


def test_instants_and_addresses_are_exact() -> None:
    assert microseconds("1970-01-01T00:00:00.000001Z") == 1
    assert microseconds("1969-12-31T23:59:59.999999Z") == -1
    assert pack_address("192.0.2.1") == bytes(10) + b"\xff\xff\xc0\x00\x02\x01"
    assert pack_address("2001:db8::1")[:4] == b"\x20\x01\x0d\xb8"
