"""Raw exchanges as a capture file that Wireshark reads (pcapng, draft-ietf-opsawg-pcapng).

Payloads and instants are as recorded. The IP, TCP and UDP headers around them are written here from
the recorded addresses and ports, since a program sees none: sequence numbers count the recorded
bytes from 1, a link begins with a SYN of ours and one that the remote party closed ends in a FIN.
Each packet's comment says so.
"""

import ipaddress
import struct
from collections.abc import Iterable, Iterator

from luzeiro.evidence.verifier.ed2k_obfuscation import revealed
from luzeiro.evidence.verifier.exchange import RECEIVED, RawFrame, RawTranscript
from luzeiro.evidence.verifier.mse import MseError, decrypt_link

_RAW_IP = 101  # LINKTYPE_RAW: a packet begins with its IP header
_TCP, _UDP = 6, 17
_SYN, _FIN_ACK, _PSH_ACK = 0x02, 0x11, 0x18
_PACKET_BYTES = 16_384
SYNTHETIC = (
    "Payloads and times are as recorded by the collector. The IP, TCP and UDP headers were written "
    "from the recorded addresses and ports."
)


def capture(transcripts: Iterable[RawTranscript]) -> bytes:
    """Write transcripts as a capture, each once, in order of time."""
    packets = [
        (frame.at_us, number, packet, comment)
        for number, one in enumerate(dict.fromkeys(transcripts))
        for frame, packet, comment in _packets(one)
    ]
    packets.sort(key=lambda one: one[:2])
    blocks = [_section_header(), _interface()]
    blocks += [_packet(at_us, packet, comment) for at_us, _, packet, comment in packets]
    return b"".join(blocks)


def decrypted(transcript: RawTranscript, infohash: bytes) -> RawTranscript | None:
    """What was encrypted or obfuscated as if it had been plain; None where it does not open.

    Bytes keep the instant at which the frame that they came in was recorded.
    """
    if transcript.transport.endswith("+obfuscated"):
        return revealed(transcript)
    if transcript.transport != "tcp+mse":
        return None
    try:
        plain = decrypt_link(transcript.received(), transcript.sent(), transcript.secret, infohash)
    except MseError:
        return None
    frames = _shared_out(transcript, plain.sent, plain.received)
    return RawTranscript(
        transcript.purpose, "tcp", transcript.own, transcript.remote, b"", tuple(frames)
    )


def _shared_out(transcript: RawTranscript, sent: bytes, received: bytes) -> Iterator[RawFrame]:
    """Give plain bytes to frames from the end: the handshake's padding was all at the beginning."""
    left = {">": sent, "<": received}
    frames: list[RawFrame] = []
    for frame in reversed(transcript.frames):
        held = left[frame.direction]
        count = min(len(frame.data), len(held))
        data = held[len(held) - count :]
        left[frame.direction] = held[: len(held) - count]
        if data or not frame.data:
            frames.append(RawFrame(frame.direction, frame.at_us, data))
    yield from reversed(frames)


def _packets(transcript: RawTranscript) -> Iterator[tuple[RawFrame, bytes, str]]:
    own, remote = _endpoint(transcript.own), _endpoint(transcript.remote)
    if len(own[0]) != len(remote[0]):
        own = bytes(len(remote[0])), own[1]
    sequence, datagrams = {">": 1, "<": 1}, transcript.transport.startswith("udp")
    if not datagrams and transcript.frames:
        # Without it, Wireshark takes two links between the same ports for one.
        opened = _ip(_TCP, (own, remote), _tcp((own, remote), 0, 0, _SYN, b""))
        yield transcript.frames[0], opened, "written here: the collector opened a link"
    comment = f"{transcript.purpose}, recorded over {transcript.transport}"
    for frame in transcript.frames:
        came = frame.direction == RECEIVED
        ends = (remote, own) if came else (own, remote)
        if datagrams:
            yield frame, _ip(_UDP, ends, _udp(ends, frame.data)), comment
            continue
        for at in range(0, max(1, len(frame.data)), _PACKET_BYTES):
            data = frame.data[at : at + _PACKET_BYTES]
            here, there = (
                sequence[frame.direction],
                sequence["<" if frame.direction == ">" else ">"],
            )
            flags = _PSH_ACK if data else _FIN_ACK
            yield frame, _ip(_TCP, ends, _tcp(ends, here, there, flags, data)), comment
            sequence[frame.direction] = (here + len(data)) % 2**32


Endpoint = tuple[bytes, int]  # 4 or 16 bytes, and a port
_Ends = tuple[Endpoint, Endpoint]  # from, to


def _endpoint(text: str) -> Endpoint:
    if not text:
        return bytes(4), 0  # the system did not tell
    host, _, port = text.rpartition(":")
    return ipaddress.ip_address(host.strip("[]")).packed, int(port)


def _ip(protocol: int, ends: _Ends, payload: bytes) -> bytes:
    source, target = ends[0][0], ends[1][0]
    if len(source) == 16:
        return struct.pack(">IHBB", 6 << 28, len(payload), protocol, 64) + source + target + payload
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0x4000, 64, protocol, 0)
    head += source + target
    return head[:10] + struct.pack(">H", _checksum(head)) + head[12:] + payload


def _udp(ends: _Ends, data: bytes) -> bytes:
    head = struct.pack(">HHHH", ends[0][1], ends[1][1], 8 + len(data), 0)
    summed = _checksum(_pseudo_header(_UDP, ends, 8 + len(data)) + head + data) or 0xFFFF
    return head[:6] + struct.pack(">H", summed) + data


def _tcp(ends: _Ends, sequence: int, acknowledged: int, flags: int, data: bytes) -> bytes:
    head = struct.pack(
        ">HHIIBBHHH", ends[0][1], ends[1][1], sequence, acknowledged, 5 << 4, flags, 65535, 0, 0
    )
    summed = _checksum(_pseudo_header(_TCP, ends, len(head) + len(data)) + head + data)
    return head[:16] + struct.pack(">H", summed) + head[18:] + data


def _pseudo_header(protocol: int, ends: _Ends, length: int) -> bytes:
    return ends[0][0] + ends[1][0] + struct.pack(">II", length, protocol)


def _checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    total: int = sum(struct.unpack(f">{(len(data) + 1) // 2}H", data + bytes(len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _section_header() -> bytes:
    body = struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)
    return _block(0x0A0D0D0A, body + _option(1, SYNTHETIC.encode()) + _END_OF_OPTIONS)


def _interface() -> bytes:
    return _block(1, struct.pack("<HHI", _RAW_IP, 0, 0) + _option(9, b"\x06") + _END_OF_OPTIONS)


def _packet(at_us: int, packet: bytes, comment: str) -> bytes:
    at = at_us % 2**64
    head = struct.pack("<IIIII", 0, at >> 32, at & 0xFFFFFFFF, len(packet), len(packet))
    return _block(6, head + _padded(packet) + _option(1, comment.encode()) + _END_OF_OPTIONS)


_END_OF_OPTIONS = bytes(4)


def _option(code: int, value: bytes) -> bytes:
    return struct.pack("<HH", code, len(value)) + _padded(value)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def _block(kind: int, body: bytes) -> bytes:
    length = struct.pack("<I", 12 + len(body))
    return struct.pack("<I", kind) + length + body + length
