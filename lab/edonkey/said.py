"""What left the observer over eD2k and Kad, read again from a capture; what may not be said counts.

Two readers look: tshark's dissector, and one here that must explain every byte. It knows what is
allowed by number and shares nothing with the code that wrote the bytes but the cipher: obfuscated
links and datagrams are opened with the keys that the recorded exchanges and the lab's truth give.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from lab.capture import FIELDS, Said, Stream, keep, packets
from luzeiro.networks.edonkey.wire import kad, obfuscation
from luzeiro.networks.kit.errors import WireError
from luzeiro.observations.exchange import Transcript

_FIELDS = (*FIELDS, "edonkey.protocol", "edonkey.message.type")
_KERNEL = ("arp", "icmp", "icmpv6", "igmp")
_TCP = {
    (0xE3, 0x01): "hello",
    (0xE3, 0x58): "file name request",
    (0xE3, 0x4F): "file status request",
    (0xC5, 0x01): "eMule info",
    (0xC5, 0x9E): "AICH root request",
    (0xC5, 0x81): "sources request",
    (0xC5, 0x87): "secure identification state",
}
_TO_SERVER = {(0xE3, 0x01): "server log-in", (0xE3, 0x19): "server sources request"}
_UDP = {0x01: "Kad bootstrap request", 0x21: "Kad node request", 0x34: "Kad source request"}
_SIZES = {0x01: 2, 0x21: 35, 0x34: 28}
_HASH, _HASH_AND_SIZE = 16, 20
_EXACT = {
    **dict.fromkeys(((0xE3, 0x58), (0xE3, 0x4F), (0xC5, 0x9E), (0xC5, 0x81)), _HASH),
    (0xE3, 0x19): _HASH_AND_SIZE,
}

Link = tuple[str, str]  # own and remote endpoint, as text


def obfuscated_links(exchanges: Iterable[Iterable[Transcript]]) -> dict[Link, bytes]:
    """Find the keys of obfuscated links in raw exchanges: own and remote endpoint -> user hash."""
    return {
        (transcript.own, transcript.remote): transcript.secret
        for transcripts in exchanges
        for transcript in transcripts
        if transcript.transport == "tcp+obfuscated"
    }


def read(
    path: Path,
    ours: Collection[str],
    keys: Mapping[Link, bytes],
    node_ids: Collection[bytes],
    servers: Collection[str],
) -> Said:
    """Say what left our addresses.

    Args:
        path: of a capture.
        ours: our addresses.
        keys: of obfuscated links, as `obfuscated_links` gives them.
        node_ids: the Kad ids of the lab's nodes, which open obfuscated datagrams to them.
        servers: the endpoints of eD2k servers, as text.

    Raises:
        ChildError: tshark cannot read the capture.
    """
    counts, violations = Counter[str](), list[str]()
    streams: dict[str, Stream] = {}
    for packet in packets(path, _FIELDS):
        if packet["ip.src"] not in ours:
            continue
        where = f"frame {packet['frame.number']}"
        violations += _dissected(packet, where)
        if packet["tcp.stream"]:
            keep(packet, streams)
        elif packet["udp.payload"]:
            kind, allowed = _datagram(bytes.fromhex(packet["udp.payload"]), node_ids)
            counts[kind] += 1
            violations += [] if allowed else [f"{where}: {kind}"]
        elif not any(name in packet["frame.protocols"].split(":") for name in _KERNEL):
            violations.append(f"{where}: {packet['frame.protocols']}")
    for stream in streams.values():
        for kind, allowed in _stream(stream, keys, servers):
            counts[kind] += 1
            where = f"link {stream.link[0]} to {stream.link[1]}"
            violations += [] if allowed else [f"{where}: {kind}"]
    return Said(counts, tuple(violations))


def _dissected(packet: Mapping[str, str], where: str) -> Iterator[str]:
    """Say what tshark finds in a packet that we may not say."""
    protocols = packet["edonkey.protocol"].split(",")
    kinds = packet["edonkey.message.type"].split(",")
    for protocol, kind in zip(protocols, kinds, strict=False):
        if not protocol or not kind:
            continue
        key = int(protocol, 0), int(kind, 0)
        over_tcp = bool(packet["tcp.stream"])
        # tshark takes some obfuscated bytes for packets of unheard-of protocols: read below.
        if key[0] not in (0xE3, 0xC5, 0xD4, 0xE4, 0xE5):
            continue
        if (over_tcp and key not in _TCP | _TO_SERVER) or (not over_tcp and key[1] not in _UDP):
            yield f"{where}: tshark reads protocol {key[0]:#04x}, message {key[1]:#04x}"


def _datagram(data: bytes, node_ids: Collection[bytes]) -> tuple[str, bool]:
    plain, hidden = data, ""
    if data[:1] != b"\xe4":
        for node_id in node_ids:
            try:
                plain = obfuscation.open_datagram(data, kad.to_words(node_id))
            except WireError:
                continue
            hidden = "obfuscated "
            break
    if plain[:1] != b"\xe4" or len(plain) < 2 or plain[1] not in _UDP:
        return f"datagram that begins {plain[:2].hex()}", False
    return hidden + _UDP[plain[1]], len(plain) == _SIZES[plain[1]]


def _stream(
    stream: Stream, keys: Mapping[Link, bytes], servers: Collection[str] = ()
) -> Iterator[tuple[str, bool]]:
    sent = stream.sent()
    if sent is None:
        yield "a stream with a hole in the capture", False
        return
    if not sent:
        return
    hidden = ""
    if sent[0] not in (0xE3, 0xC5):
        if stream.link not in keys:
            yield f"{len(sent)} bytes that no record explains", False
            return
        try:
            sent, hidden = obfuscation.payload_sent(sent, keys[stream.link]), "obfuscated "
        except WireError:
            yield "an obfuscated link that its key does not open", False
            return
    known = _TO_SERVER if stream.link[1] in servers else _TCP
    while sent:
        length = int.from_bytes(sent[1:5], "little")
        key, body = (sent[0], sent[5] if len(sent) > 5 else 0), sent[6 : 5 + length]
        if len(sent) < 5 + length or key not in known:
            yield f"{hidden}packet {key[0]:#04x} {key[1]:#04x}", False
            return
        exact = _EXACT.get(key)
        yield hidden + known[key], len(body) == exact if exact else len(body) < 128
        sent = sent[5 + length :]
