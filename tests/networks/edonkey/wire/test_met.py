import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.networks.edonkey.wire.kad import to_words
from luzeiro.networks.edonkey.wire.met import Server, read_nodes_dat, read_server_met
from luzeiro.networks.kit.errors import WireError
from luzeiro.observations.endpoint import Endpoint
from tests.vectors import vector

NODE = bytes(range(16))


def contact(version: int = 8) -> bytes:
    return to_words(NODE) + struct.pack("<IHHB", 0xC0000201, 4672, 4662, version)


def test_what_amule_wrote_is_read() -> None:
    contacts = read_nodes_dat(vector("edonkey/lists/amule-nodes"))
    assert len(contacts) == 5
    assert {one.version for one in contacts} == {8}
    assert {Endpoint.from_compact(one.address).port for one in contacts} == {4672}


@pytest.mark.parametrize(
    "data",
    [
        struct.pack("<I", 1) + contact(0),
        struct.pack("<III", 0, 1, 1) + contact(),
        struct.pack("<III", 0, 2, 1) + contact() + bytes(9),
        struct.pack("<IIII", 0, 3, 0, 1) + contact() + bytes(9),
        struct.pack("<IIII", 0, 3, 1, 1) + contact(),
    ],
    ids=["version 0", "version 1", "version 2", "version 3", "version 3, to bootstrap from"],
)
def test_every_version_of_nodes_dat_is_read(data: bytes) -> None:
    (found,) = read_nodes_dat(data)
    assert found.node_id == NODE
    assert str(Endpoint.from_compact(found.address)) == "192.0.2.1:4672"
    for broken in (data[:-1], data + b"\0"):
        with pytest.raises(WireError):
            read_nodes_dat(broken)


def test_nodes_of_the_first_kad_are_left_out() -> None:
    assert read_nodes_dat(struct.pack("<III", 0, 1, 2) + contact(1) + contact(8))[0].version == 8


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (struct.pack("<II", 0, 4), "version 4"),
        (struct.pack("<III", 0, 2, 99_999), "99999 nodes"),
        (b"", "cut short"),
    ],
)
def test_another_nodes_dat_is_refused(data: bytes, told: str) -> None:
    with pytest.raises(WireError, match=told):
        read_nodes_dat(data)


SERVER = b"\xc0\0\2\1" + struct.pack("<HI", 4661, 1) + b"\x02\x01\0\x01\x03\0one"


def test_servers_are_read_with_their_names() -> None:
    data = b"\xe0" + struct.pack("<I", 2) + SERVER + SERVER
    address = Endpoint.parse("192.0.2.1", 4661).compact
    assert read_server_met(data) == (Server(address, "one"),) * 2
    for broken in (data[:-1], data + b"\0", b"\x13" + data[1:]):
        with pytest.raises(WireError):
            read_server_met(broken)


def test_more_servers_than_there_are_are_refused() -> None:
    with pytest.raises(WireError, match="4294967295 servers"):
        read_server_met(b"\x0e\xff\xff\xff\xff")


@given(st.binary(max_size=400))
def test_any_file_is_a_list_or_a_wire_error(data: bytes) -> None:
    for reader in (read_nodes_dat, read_server_met):
        try:
            reader(data)
        except WireError:
            continue
