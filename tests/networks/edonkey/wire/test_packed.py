import zlib

import pytest

from luzeiro.networks.edonkey.wire.packed import unpack
from luzeiro.networks.kit.errors import WireError


def test_what_fits_is_opened() -> None:
    assert unpack(zlib.compress(b"a" * 1000), 1000) == b"a" * 1000


def test_what_opens_to_more_is_refused_without_being_opened_whole() -> None:
    bomb = zlib.compress(bytes(50 * 2**20))
    with pytest.raises(WireError, match="more than 1000 bytes"):
        unpack(bomb, 1000)


def test_a_stream_cut_short_is_refused() -> None:
    with pytest.raises(WireError, match="cut short"):
        unpack(zlib.compress(b"abc" * 100)[:-3], 1000)


def test_what_is_no_zlib_is_refused() -> None:
    with pytest.raises(WireError, match="no zlib stream"):
        unpack(b"not zlib", 1000)
