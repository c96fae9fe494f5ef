import pytest

from luzeiro.cli.transcript import transcript_lines, transcript_rows
from luzeiro.observations.exchange import Direction, Frame, Purpose, Transcript, encode

EXCHANGE = encode(
    [
        Transcript(
            Purpose.STATEMENT,
            "tcp+mse",
            "192.0.2.1:40000",
            "198.51.100.7:6881",
            (
                Frame(Direction.SENT, 1_772_600_767_890_123, b"\x13BitTorrent protocol"),
                Frame(Direction.RECEIVED, 1_772_600_768_000_000, b"\x1b"),
            ),
            b"\x01\x02",
        ),
        Transcript(Purpose.INDEX, "udp", "", "203.0.113.9:6881", ()),
    ]
)


def test_a_transcript_says_who_sent_which_bytes_when() -> None:
    assert list(transcript_lines(EXCHANGE)) == [
        "1. statement, over tcp+mse, between 192.0.2.1:40000 and 198.51.100.7:6881",
        "   our ephemeral private key: 0102",
        "   2026-03-04T05:06:07.890123Z we sent 20 bytes",
        "   > 000000  13 42 69 74 54 6f 72 72 65 6e 74 20 70 72 6f 74  .BitTorrent prot",
        "   > 000010  6f 63 6f 6c                                      ocol",
        "   2026-03-04T05:06:08.000000Z received 1 byte",
        "   < 000000  1b                                               .",
        "2. index, over udp, between an address that the system did not tell and 203.0.113.9:6881",
    ]


def test_machines_get_the_same_with_the_bytes_whole() -> None:
    first, second = transcript_rows(EXCHANGE)
    assert (first["purpose"], first["secret"]) == ("statement", b"\x01\x02")
    frames = first["frames"]
    assert isinstance(frames, list)
    assert [(one["direction"], one["data"]) for one in frames] == [
        ("sent", b"\x13BitTorrent protocol"),
        ("received", b"\x1b"),
    ]
    assert second["frames"] == []


def test_what_is_no_exchange_is_refused() -> None:
    with pytest.raises(ValueError, match="LZX1"):
        list(transcript_lines(b"other"))
