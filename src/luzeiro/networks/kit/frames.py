"""The frames of a link as they are kept, and how content is kept out of them."""

from luzeiro.observations.exchange import Direction, Frame


def cut_received(frames: list[Frame], unread: int) -> None:
    """Forget the last `unread` bytes received: content, or what may be. They are kept nowhere.

    Ciphertext is as long as its plain text, so an encrypted link is cut at the same place.
    """
    for place in range(len(frames) - 1, -1, -1):
        frame = frames[place]
        if unread and frame.direction is Direction.RECEIVED:
            kept = max(0, len(frame.data) - unread)
            unread -= len(frame.data) - kept
            frames[place] = Frame(frame.direction, frame.at_us, frame.data[:kept])
