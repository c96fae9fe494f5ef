"""The extension protocol (BEP 10) and what we use of it: metadata (BEP 9) and peers (BEP 11).

Metadata is a torrent's list of names, sizes and piece digests, never content; it is asked for only
where no vetted map of pieces to files is known, and checked against the infohash.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from luzeiro.networks.bittorrent.wire import bencode
from luzeiro.networks.kit.errors import WireError
from luzeiro.observations.endpoint import Endpoint

OUR_PEX, OUR_METADATA = 1, 2  # the numbers under which we are told
METADATA_PIECE_BYTES = 16 * 1024  # BEP 9
METADATA_LIMIT_BYTES = 16 * 1024 * 1024
PEX_LIMIT = 400  # peers kept of one message; BEP 11 asks senders for at most 50 a kind
_CLIENT_LIMIT = 100  # characters of a claimed client name

_BEP_9, _BEP_10, _BEP_11 = "BEP 9", "BEP 10", "BEP 11"
_MESSAGE = struct.Struct(">IBB")
_REQUEST, _DATA, _REJECT = 0, 1, 2


@dataclass(frozen=True, slots=True)
class ExtensionHandshake:
    """Which extensions we listen to (BEP 10). No client name, no port: we have nothing to offer."""

    wants_metadata: bool

    def encode(self) -> bytes:
        numbers = {b"ut_pex": OUR_PEX}
        if self.wants_metadata:
            numbers[b"ut_metadata"] = OUR_METADATA
        return _framed(0, bencode.encode({b"m": numbers}))


@dataclass(frozen=True, slots=True)
class MetadataRequest:
    """Ask for 16 KiB of the info dictionary (BEP 9): names and digests, no content."""

    number: int  # the number that the peer gave ut_metadata
    piece: int  # of the metadata, from 0

    def encode(self) -> bytes:
        return _framed(self.number, bencode.encode({b"msg_type": _REQUEST, b"piece": self.piece}))


@dataclass(frozen=True, slots=True)
class PeerExtensions:
    """What the peer's extension handshake says (BEP 10, 9, 21)."""

    numbers: Mapping[bytes, int]  # its number for each extension; 0: switched off
    client: str | None
    listen_port: int | None
    metadata_size: int | None  # bytes
    upload_only: bool | None  # BEP 21: it wants nothing more, whole or not

    def after(self, earlier: "PeerExtensions") -> "PeerExtensions":
        """What holds after a second handshake: it adds to the first, and replaces what it names."""
        return PeerExtensions(
            numbers={**earlier.numbers, **self.numbers},
            client=self.client or earlier.client,
            listen_port=self.listen_port or earlier.listen_port,
            metadata_size=self.metadata_size or earlier.metadata_size,
            upload_only=earlier.upload_only if self.upload_only is None else self.upload_only,
        )


@dataclass(frozen=True, slots=True)
class MetadataData:
    piece: int
    total_size: int | None
    data: bytes


@dataclass(frozen=True, slots=True)
class MetadataReject:
    piece: int


@dataclass(frozen=True, slots=True)
class MetadataAsked:
    """The peer asks us for metadata. We hold none, and say nothing."""

    piece: int


@dataclass(frozen=True, slots=True)
class PeersTold:
    """Peers that this peer says it has met lately (BEP 11): hearsay."""

    added: tuple[Endpoint, ...]


MetadataMessage: TypeAlias = MetadataData | MetadataReject | MetadataAsked


def _framed(number: int, payload: bytes) -> bytes:
    return _MESSAGE.pack(2 + len(payload), 20, number) + payload


def decode_handshake(payload: bytes) -> PeerExtensions:
    """Decode the payload of extended message 0.

    A field of an unexpected type is passed over: clients differ, and each field stands alone.

    Raises:
        WireError: not one bencoded dictionary.
    """
    # Some clients pad the dictionary: what follows it is not looked at.
    fields = _dictionary(bencode.decode_prefix(payload, spec=_BEP_10)[0], _BEP_10)
    numbers = fields.get(b"m")
    return PeerExtensions(
        numbers={
            name: number
            for name, number in (numbers.items() if isinstance(numbers, dict) else ())
            if isinstance(number, int) and 0 <= number <= 255
        },
        client=_text(fields.get(b"v")),
        listen_port=_within(fields.get(b"p"), 1, 65535),
        metadata_size=_within(fields.get(b"metadata_size"), 1, METADATA_LIMIT_BYTES),
        upload_only=_flag(fields.get(b"upload_only")),
    )


def decode_metadata(payload: bytes) -> MetadataMessage:
    """Decode a ut_metadata message: a dictionary, and for data the bytes after it.

    Raises:
        WireError: not a message of BEP 9, or more data than a piece of it holds.
    """
    value, end = bencode.decode_prefix(payload, spec=_BEP_9)
    fields = _dictionary(value, _BEP_9)
    kind, piece = fields.get(b"msg_type"), fields.get(b"piece")
    if not isinstance(piece, int) or piece < 0 or kind not in (_REQUEST, _DATA, _REJECT):
        raise WireError("'msg_type' or 'piece' missing or unknown", at=0, spec=_BEP_9)
    if kind == _REQUEST:
        return MetadataAsked(piece)
    if kind == _REJECT:
        return MetadataReject(piece)
    data = payload[end:]
    if len(data) > METADATA_PIECE_BYTES:
        raise WireError(f"{len(data)} bytes of metadata in one piece", at=end, spec=_BEP_9)
    return MetadataData(piece, _within(fields.get(b"total_size"), 1, METADATA_LIMIT_BYTES), data)


def decode_pex(payload: bytes) -> PeersTold:
    """Decode a ut_pex message; `dropped` peers are passed over, port 0 too.

    Raises:
        WireError: not a dictionary, or a list of addresses cut off in the middle of one.
    """
    fields = _dictionary(bencode.decode(payload, spec=_BEP_11), _BEP_11)
    told = _compact(fields.get(b"added"), 6) + _compact(fields.get(b"added6"), 18)
    return PeersTold(tuple(peer for peer in told[:PEX_LIMIT] if peer.port))


def _compact(value: "bencode.Value | None", size: int) -> list[Endpoint]:
    if value is None:
        return []
    if not isinstance(value, bytes) or len(value) % size:
        raise WireError(f"'added' is not a run of {size} bytes each", at=0, spec=_BEP_11)
    starts = range(0, min(len(value), size * PEX_LIMIT), size)
    return [Endpoint.from_compact(value[start : start + size]) for start in starts]


def _dictionary(value: "bencode.Value", spec: str) -> "dict[bytes, bencode.Value]":
    if not isinstance(value, dict):
        raise WireError("not a dictionary", at=0, spec=spec)
    return value


def _text(value: "bencode.Value | None") -> str | None:
    # As claimed: bad UTF-8 is shown as such, never refused, and never trusted.
    if not isinstance(value, bytes):
        return None
    return value.decode("utf-8", "backslashreplace")[:_CLIENT_LIMIT]


def _within(value: "bencode.Value | None", least: int, most: int) -> int | None:
    return value if isinstance(value, int) and least <= value <= most else None


def _flag(value: "bencode.Value | None") -> bool | None:
    return bool(value) if isinstance(value, int) else None


SAYS = frozenset({ExtensionHandshake, MetadataRequest})
