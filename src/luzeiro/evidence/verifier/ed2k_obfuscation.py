"""eD2k's and Kad's obfuscation of a recorded exchange, undone with what was recorded beside it.

Source: aMule, EncryptedStreamSocket and EncryptedDatagramSocket. A link's keys follow from the user
hash of the client that was called; a datagram's from the Kad id of the node that gets it, or from
the key that it was given for its answers. It hides from networks in between, and proves nothing.
"""

import hashlib
from dataclasses import replace

from luzeiro.evidence.verifier.ed2k_indexes import kad_id, read_search_answer
from luzeiro.evidence.verifier.ed2k_packets import Ed2kError
from luzeiro.evidence.verifier.exchange import RECEIVED, SENT, RawFrame, RawTranscript
from luzeiro.evidence.verifier.rc4 import Rc4

_OUR_HALF, _PEERS_HALF = b"\x22", b"\xcb"  # 34 and 203
_STREAM_MAGIC, _DATAGRAM_MAGIC = b"\xc4\x6f\x5e\x83", b"\xc1\x2e\x5f\x39"
_LINK_DROPPED = 1024
_PLAIN_FIRST_BYTES = (0xE3, 0xC5, 0xD4, 0xE4, 0xE5, 0xF4, 0xF5, 0xA3, 0xB2, 0x00)


def revealed(transcript: RawTranscript) -> "RawTranscript | None":
    """A transcript as if it had been plain; itself where it is; None where it does not open.

    Of a link, the peer's half is empty where it never answered the encryption's opening. Of
    datagrams, those that do not open are left out.
    """
    if transcript.transport == "tcp+obfuscated":
        return _link(transcript)
    if transcript.transport == "udp+obfuscated":
        return _datagrams(transcript)
    return transcript


def _md5(*parts: bytes) -> bytes:
    return hashlib.md5(b"".join(parts), usedforsecurity=False).digest()


def _link(transcript: RawTranscript) -> "RawTranscript | None":
    """We: marker, key part; encrypted: magic, two methods, padding. Peer: magic, one, padding."""
    sent = transcript.sent()
    if len(transcript.secret) != 16 or len(sent) < 12:
        return None
    key_part = sent[1:5]
    ours = Rc4(_md5(transcript.secret, _OUR_HALF, key_part), dropped=_LINK_DROPPED)
    theirs = Rc4(_md5(transcript.secret, _PEERS_HALF, key_part), dropped=_LINK_DROPPED)
    plain_sent = ours.apply(sent[5:])
    if plain_sent[:4] != _STREAM_MAGIC:
        return None
    received = theirs.apply(transcript.received())
    answered = received[:4] == _STREAM_MAGIC and received[4:5] == b"\0" and len(received) > 5
    left = {
        SENT: plain_sent[7 + plain_sent[6] :],
        RECEIVED: received[6 + received[5] :] if answered else b"",
    }
    frames: list[RawFrame] = []
    for frame in reversed(transcript.frames):  # all that is not payload was at the beginning
        held = left[frame.direction]
        count = min(len(frame.data), len(held))
        left[frame.direction] = held[: len(held) - count]
        if count or not frame.data:
            frames.append(RawFrame(frame.direction, frame.at_us, held[len(held) - count :]))
    return replace(transcript, transport="tcp", secret=b"", frames=tuple(reversed(frames)))


def _datagrams(transcript: RawTranscript) -> RawTranscript:
    opened = [(frame, _opened(frame.data, transcript.secret)) for frame in transcript.frames]
    answers = [data for frame, data in opened if frame.direction == RECEIVED and data is not None]
    nodes = list(filter(None, map(_node_of, answers)))
    frames = []
    for frame, data in opened:
        if data is None and frame.direction == SENT and nodes:
            data = _opened(frame.data, nodes[0])
        if data is not None:
            frames.append(RawFrame(frame.direction, frame.at_us, data))
    return replace(transcript, transport="udp", secret=b"", frames=tuple(frames))


def _node_of(answer: bytes) -> "bytes | None":
    """The answering node's Kad id as it travels."""
    try:
        return kad_id(read_search_answer(answer).node_id)
    except Ed2kError:
        return None


def _opened(data: bytes, key: bytes) -> "bytes | None":
    """Marker, key part (2 bytes); encrypted: magic, padding, two verify keys, the packet."""
    if data[:1] and data[0] in _PLAIN_FIRST_BYTES:
        return data
    plain = Rc4(_md5(key, data[1:3]), dropped=0).apply(data[3:])
    if plain[:4] != _DATAGRAM_MAGIC or len(plain) < 13:
        return None
    return plain[5 + plain[4] + 8 :]
