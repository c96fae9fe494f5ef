"""Tracker scrape (BEP 15 over UDP, BEP 48 over HTTP): counts, and only counts.

There is no encoder for an announce: it would list us to others, even with port 0.

Where reality deviates: a reply longer than BEP 15 lays it out is read as far as it does (BEP 15:
"Do not expect packets to be exactly of a certain size"); `failure reason` (BEP 3) and
`failure_reason` (BEP 48) are both read; `downloaded` may be missing.
"""

import re
import struct
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import quote_from_bytes, urlsplit

from luzeiro.networks.bittorrent.wire import bencode
from luzeiro.networks.kit.errors import WireError

UDP_LIMIT = 74  # infohashes in one UDP scrape (BEP 15)
# BEP 48 names no limit. opentracker answers 64, and proxies cut request lines at 8 KiB.
HTTP_LIMIT = 50
_BEP_15, _BEP_48 = "BEP 15", "BEP 48"
_PROTOCOL_ID = 0x41727101980
_CONNECT, _SCRAPE, _ERROR = 0, 2, 3
_REQUEST_HEAD = struct.Struct(">QI4s")
_REPLY_HEAD = struct.Struct(">I4s")
_CONNECTION_ID = struct.Struct(">Q")
_COUNTS = struct.Struct(">III")
_TEXT_LIMIT = 200  # characters of a tracker's message
_PRINTABLE = re.compile(r"[!-~]+")  # what may stand in a request line: no space, no line break


@dataclass(frozen=True, slots=True)
class Connect:
    """Ask a UDP tracker for a connection id, which proves our address to it (BEP 15)."""

    transaction_id: bytes  # 4 bytes

    def encode(self) -> bytes:
        return _REQUEST_HEAD.pack(_PROTOCOL_ID, _CONNECT, self.transaction_id)


@dataclass(frozen=True, slots=True)
class Scrape:
    """Ask how many hold each torrent (BEP 15, "scrape")."""

    connection_id: int
    transaction_id: bytes  # 4 bytes
    infohashes: tuple[bytes, ...]  # 20 bytes each, 1 to `UDP_LIMIT`

    def encode(self) -> bytes:
        head = _REQUEST_HEAD.pack(self.connection_id, _SCRAPE, self.transaction_id)
        return head + b"".join(self.infohashes)


@dataclass(frozen=True, slots=True)
class HttpScrape:
    """The same over HTTP (BEP 48): a GET of the scrape address with infohashes, nothing else."""

    url: str  # of the scrape (`scrape_url`), not of the announce
    infohashes: tuple[bytes, ...]  # 20 bytes each, 1 to `HTTP_LIMIT`

    def __post_init__(self) -> None:
        if not _PRINTABLE.fullmatch(self.url):
            raise ValueError("an address has printable ASCII characters, and no spaces")

    def encode(self) -> bytes:
        parts = urlsplit(self.url)
        asked = "&".join(f"info_hash={quote_from_bytes(one, safe='')}" for one in self.infohashes)
        query = f"{parts.query}&{asked}" if parts.query else asked
        return (
            f"GET {parts.path or '/'}?{query} HTTP/1.1\r\nHost: {parts.netloc.rpartition('@')[2]}"
            "\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n"
        ).encode("ascii")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many a tracker says hold one torrent: its word, about nobody in particular."""

    seeders: int
    completed: int  # downloads ever finished
    leechers: int


@dataclass(frozen=True, slots=True)
class ConnectResponse:
    transaction_id: bytes
    connection_id: int


@dataclass(frozen=True, slots=True)
class ScrapeResponse:
    """Counts in the order in which they were asked for."""

    transaction_id: bytes
    counts: tuple[Counts, ...]


@dataclass(frozen=True, slots=True)
class ErrorResponse:
    """The tracker declines, in its own words."""

    transaction_id: bytes  # empty over HTTP
    message: str


Response: TypeAlias = ConnectResponse | ScrapeResponse | ErrorResponse


def decode(datagram: bytes) -> Response:
    """Decode a UDP tracker's reply.

    Raises:
        WireError: cut short, or another action.
    """
    if len(datagram) < _REPLY_HEAD.size:
        raise WireError(f"a reply of {len(datagram)} bytes", at=0, spec=_BEP_15)
    action, transaction_id = _REPLY_HEAD.unpack_from(datagram)
    body = datagram[_REPLY_HEAD.size :]
    if action == _CONNECT and len(body) >= _CONNECTION_ID.size:
        return ConnectResponse(transaction_id, *_CONNECTION_ID.unpack_from(body))
    if action == _SCRAPE:
        whole = body[: len(body) // _COUNTS.size * _COUNTS.size]
        return ScrapeResponse(
            transaction_id, tuple(Counts(*three) for three in _COUNTS.iter_unpack(whole))
        )
    if action == _ERROR:
        return ErrorResponse(transaction_id, _readable(body))
    raise WireError(f"action {action} with {len(body)} bytes", at=0, spec=_BEP_15)


def decode_http(body: bytes) -> dict[bytes, Counts] | ErrorResponse:
    """Decode the body of an HTTP tracker's reply: counts by infohash, or that it declines.

    Raises:
        WireError: not bencode, no `files`, or counts that are no numbers.
    """
    fields = bencode.decode_dict(body, spec=_BEP_48)
    for key in (b"failure reason", b"failure_reason"):
        if key in fields:
            return ErrorResponse(b"", _readable(fields.bytes_at(key)))
    counts = {}
    for infohash, values in fields.dict_at(b"files").values.items():
        if len(infohash) != 20 or not isinstance(values, dict):
            raise WireError("'files' names something else than torrents", at=0, spec=_BEP_48)
        told = bencode.Fields(values, spec=_BEP_48)
        seeders, leechers = (told.int_at(key, least=0) for key in (b"complete", b"incomplete"))
        completed = told.int_at(b"downloaded", least=0) if b"downloaded" in told else 0
        counts[infohash] = Counts(seeders, completed, leechers)
    return counts


def scrape_url(announce_url: str) -> str:
    """Turn an announce address into the scrape address (BEP 48).

    The last part of the path begins with "announce", which becomes "scrape"; what follows it, and
    the query, stay. A scrape address stays as it is.

    Raises:
        ValueError: the tracker has no scrape address.
    """
    parts = urlsplit(announce_url)
    folder, slash, last = parts.path.rpartition("/")
    if slash and last.startswith("scrape"):
        return announce_url
    if not slash or not last.startswith("announce"):
        raise ValueError(
            "it has no scrape address: its path would have to end in /announce (BEP 48)"
        )
    path = f"{folder}/scrape{last.removeprefix('announce')}"
    return parts._replace(path=path, fragment="").geturl()


def _readable(text: bytes) -> str:
    # A tracker chooses these bytes: bad UTF-8 is shown as such, and the text is cut.
    return text.decode("utf-8", "backslashreplace")[:_TEXT_LIMIT]


SAYS = frozenset({Connect, Scrape, HttpScrape})
