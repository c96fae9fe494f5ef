import pytest

from luzeiro.networks.bittorrent.session.metadata import MetadataFetch
from luzeiro.networks.bittorrent.wire.extension import (
    METADATA_PIECE_BYTES,
    MetadataAsked,
    MetadataData,
    MetadataReject,
    MetadataRequest,
)
from luzeiro.networks.kit.errors import WireError

FULL = bytes(METADATA_PIECE_BYTES)


def data(piece: int, payload: bytes) -> MetadataData:
    return MetadataData(piece, None, payload)


def test_pieces_are_asked_for_one_after_the_other_until_the_metadata_is_whole() -> None:
    fetch = MetadataFetch(3, 2 * METADATA_PIECE_BYTES + 5)
    assert fetch.first() == MetadataRequest(3, 0).encode()
    assert fetch.receive(data(0, FULL)) == MetadataRequest(3, 1).encode()
    assert fetch.receive(data(1, FULL)) == MetadataRequest(3, 2).encode()
    assert not fetch.over
    assert fetch.receive(data(2, b"rest.")) == b""
    assert (fetch.over, fetch.metadata) == (True, FULL + FULL + b"rest.")


def test_metadata_of_exactly_one_piece_needs_one_request() -> None:
    fetch = MetadataFetch(3, METADATA_PIECE_BYTES)
    assert fetch.receive(data(0, FULL)) == b""
    assert fetch.metadata == FULL


@pytest.mark.parametrize("message", [data(1, FULL), data(7, b""), MetadataAsked(0)])
def test_what_comes_out_of_turn_teaches_nothing(message: MetadataData | MetadataAsked) -> None:
    fetch = MetadataFetch(3, 2 * METADATA_PIECE_BYTES)
    assert fetch.receive(message) == b""
    assert fetch.receive(data(0, FULL)) == MetadataRequest(3, 1).encode()


def test_a_refusal_ends_it() -> None:
    fetch = MetadataFetch(3, 10)
    assert fetch.receive(MetadataReject(0)) == b""
    assert (fetch.over, fetch.metadata) == (True, None)
    assert fetch.receive(data(0, bytes(10))) == b""
    assert fetch.metadata is None


@pytest.mark.parametrize("payload", [b"", bytes(9), bytes(11)])
def test_a_piece_of_the_wrong_length_is_refused(payload: bytes) -> None:
    with pytest.raises(WireError, match="10 left"):
        MetadataFetch(3, 10).receive(data(0, payload))
