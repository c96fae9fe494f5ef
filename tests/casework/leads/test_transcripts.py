import pytest

from luzeiro.casework.leads.sample import SampleWorld
from luzeiro.casework.leads.transcripts import dump, readable


def test_bytes_are_shown_as_hexadecimal_and_letters() -> None:
    assert dump(b"\x13BitTorrent protocol").splitlines() == [
        "000000  13 42 69 74 54 6f 72 72 65 6e 74 20 70 72 6f 74  .BitTorrent prot",
        "000010  6f 63 6f 6c                                      ocol",
    ]
    assert "<" not in dump(b"\x00\xff")


def test_an_exchange_says_who_sent_what_when() -> None:
    world = SampleWorld()
    raw = world.exchange(world.segments()[0], 3)
    assert raw is not None
    stated, control = readable(raw)
    assert (stated.purpose, control.purpose) == ("statement", "control")
    assert [frame.sent for frame in stated.frames] == [True, False, False]
    assert stated.frames[0].at == "12:00:00.000000"


def test_what_is_no_exchange_is_refused() -> None:
    with pytest.raises(ValueError, match=r"."):
        readable(b"nothing of the kind")
