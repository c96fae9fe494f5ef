"""BEP 42's rule for node ids, by its own examples."""

import pytest

from luzeiro.networks.bittorrent.wire.node_id import crc32c, id_fits_address, id_prefix
from luzeiro.observations.endpoint import Endpoint

# BEP 42, "Node ID restriction": the published examples.
EXAMPLES = [
    ("124.31.75.21", "5fbfbff1 0c5d6a4ec8a88e4c6ab4c28b 95eee401"),
    ("21.75.31.124", "5a3ce9c1 4e7a08645677bbd1cfe7d8f9 56d53256"),
    ("65.23.51.170", "a5d43220 bc8f112a3d426c84764f8c2a 1150e616"),
    ("84.124.73.14", "1b0321dd 1bb1fe518101ceef99462b94 7a01ff41"),
    ("43.213.53.83", "e56f6cbf 5b7c4be0237986d5243b87aa 6d51305a"),
]


def packed(host: str) -> bytes:
    return Endpoint.parse(host, 1).packed


@pytest.mark.parametrize(("host", "node_id"), EXAMPLES)
def test_the_ids_that_bep_42_prints_fit_their_addresses(host: str, node_id: str) -> None:
    assert id_fits_address(bytes.fromhex(node_id), packed(host))


@pytest.mark.parametrize(("host", "node_id"), EXAMPLES)
def test_they_fit_no_other_address_of_the_examples(host: str, node_id: str) -> None:
    others = [other for other, _ in EXAMPLES if other != host]
    assert not any(id_fits_address(bytes.fromhex(node_id), packed(other)) for other in others)


def test_twenty_one_bits_count_and_the_next_three_do_not() -> None:
    host, text = EXAMPLES[0]
    node_id = bytearray.fromhex(text)
    node_id[2] ^= 0x07
    assert id_fits_address(bytes(node_id), packed(host))
    node_id[2] ^= 0x08
    assert not id_fits_address(bytes(node_id), packed(host))


def test_the_last_byte_chooses_among_eight_ids() -> None:
    prefixes = {id_prefix(packed("192.0.2.1"), chosen) for chosen in range(256)}
    assert len(prefixes) == 8


@pytest.mark.parametrize(
    "host", ["10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.9.9", "127.0.0.1", "::1", "fe80::1"]
)
def test_local_networks_are_exempt(host: str) -> None:
    assert id_fits_address(bytes(20), packed(host))


def test_an_ipv6_address_counts_by_its_first_64_bits() -> None:
    prefix = id_prefix(packed("2001:db8::1"), 5)
    node_id = prefix + bytes(16) + b"\x05"
    assert id_fits_address(node_id, packed("2001:db8::ffff"))
    assert not id_fits_address(node_id, packed("2001:db8:7::1"))


def test_crc32c_gives_the_check_values_that_rfc_3720_prints() -> None:
    assert crc32c(bytes(32)) == 0x8A9136AA
    assert crc32c(b"\xff" * 32) == 0x62A8AB43
    assert crc32c(bytes(range(32))) == 0x46DD794E
