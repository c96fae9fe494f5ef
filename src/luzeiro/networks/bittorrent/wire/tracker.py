"""Tracker scrape (BEP 15 over UDP, BEP 48 over HTTP): counts, and only counts.

There is no encoder for an announce: it would list us to others, even with port 0.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import quote_from_bytes, urlsplit

from luzeiro.networks.bittorrent.wire import bencode
from luzeiro.networks.kit.errors import WireError

UDP_LIMIT = 74  # infohashes in one UDP scrape (BEP 15)
_BEP_15, _BEP_48 = "BEP 15", "BEP 48"
_PROTOCOL_ID = 0x41727101980
_CONNECT, _SCRAPE, _ERROR = 0, 2, 3
_CONNECT_REQUEST = struct.Struct(">QI4s")
_SCRAPE_HEAD = struct.Struct(">QI4s")
_REPLY_HEAD = struct.Struct(">I4s")
_COUNTS = struct.Struct(">III")
_TEXT_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Connect:
    """Ask a UDP tracker for a connection id, which proves our address (BEP 15)."""

    transaction_id: bytes  # 4 bytes

    def encode(self) -> bytes:
        return _CONNECT_REQUEST.pack(_PROTOCOL_ID, _CONNECT, self.transaction_id)


@dataclass(frozen=True, slots=True)
class Scrape:
    """Ask how many hold each torrent (BEP 15, "scrape")."""

    connection_id: int
    transaction_id: bytes
    infohashes: tuple[bytes, ...]  # 20 bytes each, at most `UDP_LIMIT`

    def encode(self) -> bytes:
        head = _SCRAPE_HEAD.pack(self.connection_id, _SCRAPE, self.transaction_id)
        return head + b"".join(self.infohashes)


@dataclass(frozen=True, slots=True)
class HttpScrape:
    """The same over HTTP (BEP 48): a GET of the scrape address, with the infohashes as arguments."""

    url: str  # of the scrape, not of the announce
    infohashes: tuple[bytes, ...]

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

    infohash: bytes
    seeders: int
    completed: int  # downloads ever finished
    leechers: int


@dataclass(frozen=True, slots=True)
class Connected:
    transaction_id: bytes
    connection_id: int


@dataclass(frozen=True, slots=True)
class Scraped:
    transaction_id: bytes
    counts: tuple[tuple[int, int, int], ...]  # seeders, completed, leechers, as asked for


@dataclass(frozen=True, slots=True)
class TrackerRefused:
    """The tracker declines, in its own words."""

    transaction_id: bytes
    message: str


Reply: TypeAlias = Connected | Scraped | TrackerRefused


def decode(datagram: bytes) -> Reply:
    """Decode a UDP tracker's reply.

    Raises:
        WireError: cut short, of another length, or another action.
    """
    if len(datagram) < _REPLY_HEAD.size:
        raise WireError(f"a reply of {len(datagram)} bytes", at=0, spec=_BEP_15)
    action, transaction_id = _REPLY_HEAD.unpack_from(datagram)
    body = datagram[_REPLY_HEAD.size :]
    if action == _CONNECT and len(body) == 8:
        return Connected(transaction_id, int.from_bytes(body, "big"))
    if action == _SCRAPE and len(body) % _COUNTS.size == 0:
        return Scraped(transaction_id, tuple(_COUNTS.iter_unpack(body)))
    if action == _ERROR:
        return TrackerRefused(transaction_id, _readable(body))
    raise WireError(f"action {action} with {len(body)} bytes", at=0, spec=_BEP_15)


def decode_http(body: bytes) -> dict[bytes, Counts]:
    """Decode the body of an HTTP tracker's reply.

    Raises:
        WireError: not bencode, a failure that the tracker names, or counts that are no numbers.
    """
    fields = bencode.decode_dict(body, spec=_BEP_48)
    for key in (b"failure reason", b"failure_reason"):
        if key in fields:
            raise WireError(f"declined: {_readable(fields.bytes_at(key))}", at=0, spec=_BEP_48)
    counts = {}
    for infohash, values in fields.dict_at(b"files").values.items():
        if len(infohash) != 20 or not isinstance(values, dict):
            raise WireError("'files' names something else than torrents", at=0, spec=_BEP_48)
        told = bencode.Fields(values, spec=_BEP_48)
        seeders, leechers = (told.int_at(key, least=0) for key in (b"complete", b"incomplete"))
        completed = told.int_at(b"downloaded", least=0) if b"downloaded" in told else 0
        counts[infohash] = Counts(infohash, seeders, completed, leechers)
    return counts


def scrape_url(announce_url: str) -> str:
    """Turn an announce address into the scrape address (BEP 48): "announce" in the last part.

    Raises:
        ValueError: the tracker has no scrape address.
    """
    path, slash, last = announce_url.partition("?")[0].rpartition("/")
    if last.startswith("scrape"):
        return announce_url
    if not slash or not last.startswith("announce"):
        raise ValueError(f"{announce_url} has no scrape address (BEP 48)")
    rest = announce_url[len(path) + 1 + len("announce") :]
    return f"{path}/scrape{rest}"


def _readable(text: bytes) -> str:
    return text.decode("utf-8", "backslashreplace")[:_TEXT_LIMIT]


def as_counts(infohashes: Sequence[bytes], scraped: Scraped) -> tuple[Counts, ...]:
    """Pair a UDP reply with what was asked.

    Raises:
        WireError: another number of counts than infohashes.
    """
    if len(scraped.counts) != len(infohashes):
        raise WireError(
            f"{len(scraped.counts)} counts for {len(infohashes)} torrents", at=8, spec=_BEP_15
        )
    return tuple(
        Counts(infohash, *three)
        for infohash, three in zip(infohashes, scraped.counts, strict=True)
    )


SAYS = frozenset({Connect, Scrape, HttpScrape})
