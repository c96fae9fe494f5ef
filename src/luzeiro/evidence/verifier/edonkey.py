"""What an eD2k client said of itself and of a file, and what the collector asked: from the bytes.

Written from "The eMule Protocol Specification" (Kulbak & Bickson, 2005) and aMule's sources; shares
no code with what recorded the bytes.
"""

from dataclasses import dataclass, field

from luzeiro.evidence.verifier.ed2k_indexes import read_exchanged_sources
from luzeiro.evidence.verifier.ed2k_packets import (
    ED2K_BYTES,
    EDONKEY,
    EMULE,
    ContentError,
    Ed2kError,
    Ed2kPacket,
    Fields,
    TagsRead,
    number_of,
    packets,
)
from luzeiro.evidence.verifier.exchange import RECEIVED, SENT, RawTranscript

_NAME_LIMIT = 1024
_QUESTIONS = {
    (EDONKEY, 0x01): "hello",
    (EMULE, 0x01): "emule info",
    (EDONKEY, 0x58): "request file name",
    (EDONKEY, 0x4F): "set req file id",
    (EMULE, 0x9E): "aich file hash request",
    (EMULE, 0x81): "request sources",
    (EMULE, 0x87): "secure identification state",
}
ABOUT_A_FILE = ("request file name", "set req file id", "aich file hash request")
_FORMS = ((0x0E, 0x6F), (0x0D, 0x6E), (0x4D, 0x4C))  # eMule, old eMule, MLdonkey
_SOFTWARE = {0: "eMule", 1: "cDonkey", 2: "xMule", 3: "aMule", 4: "Shareaza", 5: "eMule Plus"}
_SOFTWARE |= {10: "MLdonkey", 20: "lphant"}


@dataclass
class ClientSays:
    """What a client said of itself and of the file that it was asked about."""

    user_hash: bytes | None = None  # None: no hello
    software: str = ""
    at_us: int = 0  # when what decides the grade came
    name: bytes | None = None
    parts: int | None = None  # of the part map; 0: all are there; None: no word of it
    bits: bytes = b""
    refused: bool = False
    public_key: bytes | None = None
    control: str = "not asked"  # in the record's words
    content: bool = False  # the header of a part of a file

    def held(self, parts: int) -> int:
        """How many of the first `parts` it says that it has."""
        if not self.parts:
            return parts
        bits = int.from_bytes(self.bits, "little")
        return sum(bits >> part & 1 for part in range(min(parts, self.parts)))


@dataclass
class Questions:
    """What the collector said over a link."""

    strange: list[str] = field(default_factory=list)  # what an observer must not say
    digests: "dict[bytes, set[str]]" = field(default_factory=dict)  # asked about: which questions


def questions_in(transcript: RawTranscript) -> Questions:
    """Read what the collector said over a link that is plain, or no longer encrypted."""
    asked = Questions()
    try:
        for packet in packets(transcript, SENT):
            name = _QUESTIONS.get((packet.protocol, packet.opcode))
            if name is None:
                asked.strange.append(f"opcode {packet.opcode:#04x} of {packet.protocol:#04x}")
            elif name == "hello" and any(packet.body[1 + ED2K_BYTES : 1 + ED2K_BYTES + 6]):
                asked.strange.append("a hello with an id or a port, where others could call")
            elif name in (*ABOUT_A_FILE, "request sources"):
                asked.digests.setdefault(packet.body, set()).add(name)
    except Ed2kError as error:
        asked.strange.append(str(error))
    return asked


def hear_client(transcript: RawTranscript, digest: bytes, control: "bytes | None") -> ClientSays:
    """Read what a client said, as far as it keeps to its protocol.

    Args:
        transcript: plain, or no longer encrypted.
        digest: of the file that it was asked about.
        control: the hash of the control question; None: it was not asked.
    """
    says = ClientSays()
    try:
        for packet in packets(transcript, RECEIVED):
            _hear_packet(says, packet, digest, control)
    except ContentError:
        says.content = True
    except Ed2kError:
        pass  # the collector hung up there: what came before it counts
    return says


def _hear_packet(
    says: ClientSays, packet: Ed2kPacket, digest: bytes, control: "bytes | None"
) -> None:
    fields, key = Fields(packet.body), (packet.protocol, packet.opcode)
    if key in ((EDONKEY, 0x01), (EDONKEY, 0x4C)):
        _hear_hello(says, fields, packet)
    elif key in ((EMULE, 0x01), (EMULE, 0x02)):
        fields.take(2)
        fields.tags(fields.number(4))
    elif key in ((EDONKEY, 0x59), (EDONKEY, 0x50), (EMULE, 0x9D)):
        _hear_of_file(
            says, packet.opcode, fields.take(ED2K_BYTES), fields, packet.at_us, (digest, control)
        )
    elif key == (EDONKEY, 0x48):
        _hear_refusal(says, fields.take(ED2K_BYTES), packet.at_us, (digest, control))
    elif key == (EMULE, 0x93):
        about = fields.take(ED2K_BYTES)
        while fields.left:
            _hear_of_file(says, fields.number(1), about, fields, packet.at_us, (digest, control))
    elif key in ((EMULE, 0x82), (EMULE, 0x84)):
        about, _ = read_exchanged_sources(packet)
        if about == control:
            says.control = "echoes anything"
    elif key == (EMULE, 0x85) and says.user_hash is not None:
        shown = fields.take(fields.number(1))
        says.public_key = says.public_key or shown


def _hear_hello(says: ClientSays, fields: Fields, packet: Ed2kPacket) -> None:
    if packet.opcode == 0x01 and fields.number(1) != ED2K_BYTES:
        raise Ed2kError("a user hash that has not 16 bytes")
    user_hash, _ = fields.take(ED2K_BYTES), fields.take(6)
    tags = fields.tags(fields.number(4))
    if says.user_hash is None:
        says.user_hash, says.software, says.at_us = user_hash, software_of(tags), packet.at_us
        says.control = "unanswered"


_Asked = tuple[bytes, "bytes | None"]  # the watched hash, and the control question's


def _hear_of_file(
    says: ClientSays, opcode: int, about: bytes, fields: Fields, at_us: int, asked: _Asked
) -> None:
    """A name, a part map or an AICH root: of the control question's hash each claims it."""
    parts, bits, name = 0, b"", b""
    if opcode == 0x59:
        length = fields.number(2)
        if length > _NAME_LIMIT:
            raise Ed2kError(f"a file name of {length} bytes")
        name = fields.take(length)
    elif opcode == 0x50:
        parts = fields.number(2)
        bits = fields.take((parts + 7) // 8)
    elif opcode == 0x9D:
        fields.take(20)
    else:
        raise Ed2kError(f"opcode {opcode:#04x} in a multipacket")
    if about == asked[1]:
        says.control = "echoes anything"
    elif about == asked[0] and says.user_hash is not None:
        if opcode == 0x59:
            says.name = name
        elif opcode == 0x50:
            says.parts, says.bits, says.at_us = parts, bits, at_us


def _hear_refusal(says: ClientSays, about: bytes, at_us: int, asked: _Asked) -> None:
    if about == asked[0] and says.user_hash is not None:
        says.refused, says.at_us = True, at_us
    elif about == asked[1] and says.control != "echoes anything":
        says.control = "refused"


def software_of(tags: TagsRead) -> str:
    """The software as a hello claims it, in the record's spelling."""
    version = number_of(tags, 0xFB)
    if not version:
        return f"eDonkey {number_of(tags, 0x11)}"
    name = _SOFTWARE.get(version >> 24, f"client {version >> 24}")
    told = f"{name} {version >> 17 & 0x7F}.{version >> 10 & 0x7F}.{version >> 7 & 7}"
    mod = tags.get(b"\x55")
    return f"{told} [{mod.decode('utf-8', 'backslashreplace')}]" if isinstance(mod, bytes) else told


def is_install(user_hash: bytes) -> bool:
    """Whether a user hash has the form of one that is made at installation and kept."""
    return (user_hash[5], user_hash[14]) in _FORMS
