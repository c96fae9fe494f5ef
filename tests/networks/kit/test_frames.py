import pytest

from luzeiro.networks.kit.frames import cut_received
from luzeiro.observations.exchange import Direction, Frame


def frames() -> list[Frame]:
    return [
        Frame(Direction.RECEIVED, 1, b"abc"),
        Frame(Direction.SENT, 2, b"ours"),
        Frame(Direction.RECEIVED, 3, b"de"),
    ]


@pytest.mark.parametrize(
    ("unread", "left"),
    [(0, [b"abc", b"ours", b"de"]), (1, [b"abc", b"ours", b"d"]), (3, [b"ab", b"ours", b""]),
     (9, [b"", b"ours", b""])],
)  # fmt: skip
def test_the_last_bytes_received_are_cut_and_what_we_sent_stays(
    unread: int, left: list[bytes]
) -> None:
    kept = frames()
    cut_received(kept, unread)
    assert [frame.data for frame in kept] == left
    assert [frame.at_us for frame in kept] == [1, 2, 3]
