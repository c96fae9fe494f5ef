"""Whatever a tracker answers, over UDP or HTTP, it is read or refused with WireError, soon.

python -m fuzz.fuzz_tracker [--inputs 2000000] [--seed 1]
"""

from contextlib import suppress

from fuzz.mutate import main
from luzeiro.networks.bittorrent.wire import bencode, tracker
from luzeiro.networks.bittorrent.wire.http import BODY_LIMIT_BYTES, Answer, AnswerReader
from luzeiro.networks.kit.errors import WireError

_TORRENT: bencode.Encodable = {b"complete": 5, b"downloaded": 50, b"incomplete": 10}
_COUNTS = bencode.encode({b"files": {bytes([number]) * 20: _TORRENT for number in range(3)}})
_OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
SEEDS = [
    b"\0\0\0\0abcd\0\0\0\0\0\0\0\x09",
    b"\0\0\0\x02abcd" + bytes(range(36)),
    b"\0\0\0\x03abcdscrape not allowed",
    _COUNTS,
    b"d14:failure reason18:scrape not allowede",
    _OK + b"Content-Length: %d\r\n\r\n" % len(_COUNTS) + _COUNTS,
    _OK + b"Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nd5:fi\r\n04\r\nles0\r\n0\r\n\r\n",
    b"HTTP/1.0 200\r\n\r\n" + _COUNTS,
]


def read_every_way(data: bytes) -> None:
    """Read data as each kind of answer; an HTTP answer means the same however it is cut."""
    for decode in (tracker.decode, tracker.decode_http):
        with suppress(WireError):
            decode(data)
    whole, halves = _answer(data), _answer(data[: len(data) // 2], data[len(data) // 2 :])
    assert whole == halves, "it matters how it is cut"
    if whole is None:
        raise WireError("no HTTP answer", at=0, spec="RFC 9112")
    assert len(whole.body) <= BODY_LIMIT_BYTES


def _answer(*pieces: bytes) -> Answer | None:
    reader = AnswerReader()
    try:
        for piece in pieces:
            if (answer := reader.feed(piece)) is not None:
                return answer
        return reader.end()
    except WireError:
        return None


if __name__ == "__main__":
    main("tracker", read_every_way, SEEDS)
