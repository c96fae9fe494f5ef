import pytest

from luzeiro.networks.edonkey.session.heard import (
    Telling,
    ToldSource,
    by_address,
    from_exchange,
    from_kad,
    from_server,
)
from luzeiro.networks.edonkey.wire.client import Crypt, ExchangedSource
from luzeiro.networks.edonkey.wire.kad import KadSource
from luzeiro.networks.edonkey.wire.server import ServerSource
from luzeiro.observations.endpoint import Endpoint

SERVER = Endpoint.parse("198.51.100.1", 4661)
AT = Endpoint.parse("192.0.2.1", 4662).compact
HASH, OTHER = b"\x11" * 16, b"\x22" * 16


def kad(kind: int, **more: int) -> KadSource:
    names = {"buddy": b"\xfb", "buddy_port": b"\xfa", "udp": b"\xfc", "crypt": b"\xf3"}
    tags: dict[bytes, int | bytes] = {b"\xff": kind, b"\xfe": 0xC0000201, b"\xfd": 4662}
    tags |= {names[name]: value for name, value in more.items()}
    return KadSource(HASH, tags)


@pytest.mark.parametrize("kind", [1, 4])
def test_an_open_source_of_kad_can_be_asked(kind: int) -> None:
    told = from_kad(kad(kind, crypt=0x87))
    assert told == ToldSource(AT, HASH, 7)
    assert told.is_open


@pytest.mark.parametrize(
    ("source", "path"),
    [
        (
            kad(3, buddy=0x010200C0, buddy_port=4672),
            "firewalled: reached through its buddy 192.0.2.1:4672",
        ),
        (kad(5), "firewalled: reached through its buddy"),
        (kad(6, udp=4672), "firewalled: takes calls by UDP at port 4672"),
    ],
)
def test_a_firewalled_source_of_kad_is_kept_with_its_path(source: KadSource, path: str) -> None:
    told = from_kad(source)
    assert told is not None
    assert (told.path, told.is_open, told.address) == (path, False, AT)


@pytest.mark.parametrize("kind", [0, 2, 7, 255])
def test_a_type_that_nobody_uses_is_left_out(kind: int) -> None:
    assert from_kad(kad(kind)) is None


def test_a_low_id_has_no_address_but_its_servers() -> None:
    told = from_server(ServerSource(4711, 0), SERVER)
    assert told.address == bytes(6)
    assert told.path == "firewalled: LowID 4711 of server 198.51.100.1:4661"
    exchanged = ExchangedSource(4711, 4662, SERVER.compact, HASH, Crypt(0))
    assert from_exchange(exchanged).path == told.path


def test_a_high_id_is_an_address() -> None:
    high = int.from_bytes(AT[:4], "little")
    assert from_server(ServerSource(high, 4662, HASH, 1), SERVER) == ToldSource(AT, HASH, 1)
    hybrid = int.from_bytes(AT[:4], "big")
    exchanged = ExchangedSource(hybrid, 4662, bytes(6), None, Crypt(0))
    assert from_exchange(exchanged) == ToldSource(AT, None, 0)


def telling(number: int) -> Telling:
    return Telling(Endpoint.parse("203.0.113.1", number), "kad", number, number - 1, None)


def test_who_told_what_is_gathered_by_the_sharer() -> None:
    first, second = ToldSource(AT, OTHER, 1), ToldSource(AT, HASH, 4)
    (heard,) = by_address([(first, telling(1)), (second, telling(2)), (second, telling(3))])
    assert heard.user_hashes == (HASH, OTHER)  # the one with most tellers first
    assert (heard.crypt, heard.is_open, str(heard.endpoint)) == (5, True, "192.0.2.1:4662")
    assert [one.told_at_us for _, one in heard.told] == [1, 2, 3]


def test_two_low_ids_are_two_sharers() -> None:
    low = [from_server(ServerSource(number, 0), SERVER) for number in (1, 2, 1)]
    heard = by_address([(one, telling(1)) for one in low])
    assert [one.paths[0].split()[2] for one in heard] == ["1", "2"]
    assert len(heard[0].told) == 2


def test_an_address_without_a_port_cannot_be_asked() -> None:
    assert not ToldSource(AT[:4] + b"\0\0", HASH, 0).is_open
