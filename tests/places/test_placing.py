from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from luzeiro.places.errors import PlaceTableError
from luzeiro.places.flags import Flag
from luzeiro.places.loading import load_delegations, load_list, load_mmdb
from luzeiro.places.place import PLACE
from luzeiro.places.placing import Places
from tests.places.mmdb_writer import Value, write_mmdb
from tests.places.test_lookup import packed

MARCH, APRIL, MAY = (datetime(2026, month, 1, tzinfo=UTC) for month in (3, 4, 5))
REGISTRY = """\
2|lacnic|20260301|1|19870101|20260301|+0000
lacnic|BR|ipv4|192.0.2.0|256|20100101|allocated
"""


def load(home: Path, networks: dict[str, Value], at: datetime, name: str = "t") -> None:
    path = home.parent / f"{name}{at.month}.mmdb"
    path.write_bytes(write_mmdb(networks, build_epoch=int(at.timestamp())))
    load_mmdb(path, home, now=MAY)


def placed(home: Path, at: datetime, *texts: str) -> list[dict[str, Any]]:  # Any: column's type
    seen_at = np.full(len(texts), int(at.timestamp()) * 1_000_000)
    found = Places.open(home).place(packed(*texts), seen_at)
    assert found.schema.equals(PLACE)
    found.validate(full=True)
    rows: list[dict[str, Any]] = found.to_pylist()
    return rows


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "places"


def test_without_a_table_everything_is_unplaced_but_shared_space_is_known(home: Path) -> None:
    one, shared = placed(home, MAY, "192.0.2.1", "100.64.3.4")
    assert (one["country"], one["flags"], one["place_table"]) == ("", [], "")
    assert shared["flags"] == [Flag.CARRIER_GRADE_NAT]


def test_a_place_carries_the_table_that_says_so(home: Path) -> None:
    load(home, {"192.0.2.0/24": {"country_code": "AR", "region_code": "B", "radius": 5}}, MARCH)
    one, other = placed(home, MAY, "192.0.2.1", "2001:db8::1")
    assert (one["country"], one["region"], one["radius_km"]) == ("AR", "AR-B", 5)
    assert (one["place_table"], one["place_built_at"]) == (
        "Example-City", int(MARCH.timestamp()) * 1_000_000,
    )  # fmt: skip
    assert one["place_sha256"] != bytes(32)
    # The table was asked, and does not say where.
    assert (other["country"], other["place_table"]) == ("", "Example-City")


def test_a_sighting_is_placed_by_the_table_in_force_when_it_was_seen(home: Path) -> None:
    load(home, {"192.0.2.0/24": {"country_code": "AR"}}, MARCH)
    load(home, {"192.0.2.0/24": {"country_code": "PY"}}, APRIL)
    moments = [MARCH - timedelta(days=1), MARCH, APRIL - timedelta(seconds=1), APRIL, MAY]
    seen_at = np.array([int(at.timestamp()) * 1_000_000 for at in moments])
    found = Places.open(home).place(packed(*["192.0.2.1"] * 5), seen_at).to_pylist()
    assert [row["country"] for row in found] == ["AR", "AR", "AR", "PY", "PY"]
    assert [row["flags"] for row in found] == [[Flag.PLACED_LATER], [], [], [], []]


def test_an_asn_table_adds_the_operator_and_its_own_digest(home: Path) -> None:
    load(home, {"192.0.2.0/24": {"country_code": "AR", "asn": 64496}}, MARCH)
    load(home, {"192.0.2.0/25": {"asn": 64500, "as_name": "Example Net"}}, MARCH, "asn")
    one, other = placed(home, MAY, "192.0.2.1", "192.0.2.200")
    assert (one["country"], one["asn"], one["organisation"]) == ("AR", 64500, "Example Net")
    assert one["asn_table_sha256"] not in (bytes(32), one["place_sha256"])
    assert other["asn"] == 0


def test_where_table_and_registry_differ_that_is_flagged(home: Path, tmp_path: Path) -> None:
    halves = {"192.0.2.0/25": "AR", "192.0.2.128/25": "BR"}
    load(home, {half: {"country_code": country} for half, country in halves.items()}, MARCH)
    (tmp_path / "delegated").write_text(REGISTRY)
    load_delegations(tmp_path / "delegated", home, now=MAY)
    differ, agree, silent = placed(home, MAY, "192.0.2.1", "192.0.2.129", "198.51.100.1")
    assert (differ["country"], differ["second_country"]) == ("AR", "BR")
    assert differ["flags"] == [Flag.COUNTRY_DISPUTED]
    assert (agree["second_country"], agree["flags"]) == ("BR", [])
    assert (silent["second_country"], silent["flags"]) == ("", [])


def test_lists_flag_what_is_on_them_from_when_they_are_in_force(home: Path, tmp_path: Path) -> None:
    for name, flag in (("vpn", Flag.VPN), ("exits", Flag.TOR), ("nat", Flag.CARRIER_GRADE_NAT)):
        (tmp_path / name).write_text("192.0.2.0/28\n2001:db8::/64\n")
        load_list(tmp_path / name, home, flag, now=MAY, in_force_from=APRIL)
    on_v4, on_v6, off = placed(home, MAY, "192.0.2.1", "2001:db8::9", "192.0.2.16")
    assert on_v4["flags"] == on_v6["flags"] == [Flag.CARRIER_GRADE_NAT, Flag.TOR, Flag.VPN]
    assert off["flags"] == []
    assert placed(home, MARCH, "192.0.2.1")[0]["flags"] == []


def test_a_damaged_table_is_named(home: Path) -> None:
    load(home, {"192.0.2.0/24": {"country_code": "AR"}}, MARCH)
    (folder,) = home.iterdir()
    (folder / "v4_values.npy").write_bytes(b"")
    with pytest.raises(PlaceTableError, match="its arrays cannot be read"):
        Places.open(home)


def test_no_addresses_are_no_places(home: Path) -> None:
    load(home, {"192.0.2.0/24": {"country_code": "AR"}}, MARCH)
    empty = Places.open(home).place(np.empty((0, 16), np.uint8), np.empty(0, np.int64))
    assert len(empty) == 0
