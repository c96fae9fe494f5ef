"""What clients say to each other over TCP, as far as an observer hears and speaks it.

We greet, and ask by hash whether a file is shared, under which name, which of its parts, with which
AICH root, and who else shares it. There is no encoder for a request to upload, for a request of
parts, or for an answer to anybody's question about files.
"""

import struct
from dataclasses import dataclass
from enum import IntFlag
from typing import TypeAlias

from luzeiro.networks.edonkey.wire.packet import EDONKEY, EMULE, Limits, Packet
from luzeiro.networks.edonkey.wire.tags import Tag, Tags, encode_tags, number, read_tags, text
from luzeiro.networks.kit.errors import WireError
from luzeiro.networks.kit.reader import Reader

SPEC = "aMule BaseClient.cpp, ClientTCPSocket.cpp"
HASH_BYTES, AICH_BYTES = 16, 20
NAME_LIMIT = 1024  # bytes of a file name
_HELLO, _HELLO_ANSWER = 0x01, 0x4C
_EMULE_INFO, _EMULE_INFO_ANSWER = 0x01, 0x02
_FILE_NOT_FOUND = 0x48
_SET_FILE_ID, _FILE_STATUS = 0x4F, 0x50
_FILE_NAME_REQ, _FILE_NAME_ANSWER = 0x58, 0x59
_SOURCES_REQ, _SOURCES_ANSWER, _SOURCES_ANSWER_2 = 0x81, 0x82, 0x84
_PUBLIC_KEY, _SIGNATURE, _SEC_IDENT_STATE = 0x85, 0x86, 0x87
_MULTIPACKET_ANSWER = 0x93
_AICH_ANSWER, _AICH_REQ = 0x9D, 0x9E
# Bodies that may be long, in bytes; a part map has at most 65,535 bits.
LIMITS: Limits = {
    (EDONKEY, _HELLO): 4096,
    (EDONKEY, _HELLO_ANSWER): 4096,
    (EDONKEY, _FILE_STATUS): HASH_BYTES + 2 + 8192,
    (EMULE, _SOURCES_ANSWER): 48 * 1024,
    (EMULE, _SOURCES_ANSWER_2): 48 * 1024,
    (EMULE, _MULTIPACKET_ANSWER): 12 * 1024,
}
SOURCES_LIMIT = 1000  # taken of one answer; aMule sends at most 500
_NAME, _VERSION, _MOD_VERSION = 0x01, 0x11, 0x55
_EMULE_VERSION, _OPTIONS_1, _OPTIONS_2 = 0xFB, 0xFA, 0xFE
_OS_INFO = 0x94
_HEADER = struct.Struct("<BIB")
# What we say that we can do: AICH roots, Unicode names, source exchange of version 3; no
# multipacket, no compression, no secure identification of ours, no Kad node.
_OUR_OPTIONS_1 = 1 << 29 | 1 << 28 | 3 << 12
_OUR_OPTIONS_2 = 1 << 4  # large files
_OUR_EDONKEY_VERSION = 0x3C


def _framed(protocol: int, opcode: int, body: bytes) -> bytes:
    return _HEADER.pack(protocol, len(body) + 1, opcode) + body


@dataclass(frozen=True, slots=True)
class Hello:
    """OP_HELLO: we are a client; who are you? No nick, no port, no server, nothing shared."""

    user_hash: bytes  # ours, the same at every run

    def encode(self) -> bytes:
        tags = (
            Tag(bytes([_NAME]), b""),
            Tag(bytes([_VERSION]), _OUR_EDONKEY_VERSION),
            Tag(bytes([_OPTIONS_1]), _OUR_OPTIONS_1),
            Tag(bytes([_OPTIONS_2]), _OUR_OPTIONS_2),
        )
        identity = bytes([HASH_BYTES]) + self.user_hash + bytes(4 + 2)  # client id 0, port 0
        return _framed(EDONKEY, _HELLO, identity + encode_tags(tags) + bytes(4 + 2))


@dataclass(frozen=True, slots=True)
class EmuleInfo:
    """OP_EMULEINFO: the same for old clients that tell their version only when asked so."""

    def encode(self) -> bytes:
        return _framed(EMULE, _EMULE_INFO, bytes((_OUR_EDONKEY_VERSION, 0x01)) + encode_tags(()))


@dataclass(frozen=True, slots=True)
class RequestFileName:
    """OP_REQUESTFILENAME: under which name do you share the file with this hash?"""

    digest: bytes

    def encode(self) -> bytes:
        return _framed(EDONKEY, _FILE_NAME_REQ, self.digest)


@dataclass(frozen=True, slots=True)
class SetReqFileId:
    """OP_SETREQFILEID: do you share the file with this hash, and which of its parts?"""

    digest: bytes

    def encode(self) -> bytes:
        return _framed(EDONKEY, _SET_FILE_ID, self.digest)


@dataclass(frozen=True, slots=True)
class AichFileHashReq:
    """OP_AICHFILEHASHREQ: which AICH root do you have for the file with this hash?"""

    digest: bytes

    def encode(self) -> bytes:
        return _framed(EMULE, _AICH_REQ, self.digest)


@dataclass(frozen=True, slots=True)
class RequestSources:
    """OP_REQUESTSOURCES: who else do you know to share the file with this hash?"""

    digest: bytes

    def encode(self) -> bytes:
        return _framed(EMULE, _SOURCES_REQ, self.digest)


@dataclass(frozen=True, slots=True)
class SecIdentState:
    """OP_SECIDENTSTATE: show your public key (and sign this number, if you can)."""

    challenge: bytes  # 4 random bytes

    def encode(self) -> bytes:
        return _framed(EMULE, _SEC_IDENT_STATE, bytes((2,)) + self.challenge)


class Crypt(IntFlag):
    """What a client says of obfuscated links (CT_EMULE_MISCOPTIONS2, TAG_ENCRYPTION)."""

    SUPPORTED = 1
    REQUESTED = 2
    REQUIRED = 4


@dataclass(frozen=True, slots=True)
class HelloAnswer:
    """OP_HELLOANSWER, or a HELLO to us: who a client says it is."""

    user_hash: bytes  # 16 bytes
    client_id: int  # below 2^24: firewalled (LowID)
    port: int
    tags: Tags
    server: bytes  # compact; zeros where it is on none

    @property
    def nick(self) -> str | None:
        return text(self.tags, _NAME)

    @property
    def client(self) -> str:
        """Software and version as claimed: "aMule 2.3.3", "eDonkey 60"."""
        return _software(self.tags)

    @property
    def is_emule(self) -> bool:
        """Whether it told its eMule version, so that nothing more is to be asked."""
        return bool(number(self.tags, _EMULE_VERSION))

    @property
    def secure_identification(self) -> int:
        """The version of secure identification that it offers; 0: none."""
        return number(self.tags, _OPTIONS_1) >> 16 & 0xF

    @property
    def crypt(self) -> Crypt:
        return Crypt(number(self.tags, _OPTIONS_2) >> 7 & 7)


@dataclass(frozen=True, slots=True)
class MuleInfo:
    """OP_EMULEINFO or its answer."""

    version: int
    tags: Tags

    @property
    def operating_system(self) -> str | None:
        return text(self.tags, _OS_INFO)


@dataclass(frozen=True, slots=True)
class FileName:
    """OP_REQFILENAMEANSWER: the name under which the file is shared."""

    digest: bytes
    name: bytes


@dataclass(frozen=True, slots=True)
class FileStatus:
    """OP_FILESTATUS: which parts are there. `part_count` 0: all of them."""

    digest: bytes
    part_count: int
    bits: bytes  # bit 0 of byte 0 is part 0

    def held(self, parts: int) -> int:
        """How many of the first `parts` are there."""
        if not self.part_count:
            return parts
        counted = min(parts, self.part_count)
        whole = int.from_bytes(self.bits, "little") & ((1 << counted) - 1)
        return whole.bit_count()


@dataclass(frozen=True, slots=True)
class FileReqAnsNoFil:
    """OP_FILEREQANSNOFIL: the file is not shared here."""

    digest: bytes


@dataclass(frozen=True, slots=True)
class AichFileHash:
    """OP_AICHFILEHASHANS: the root of the file's AICH hash tree."""

    digest: bytes
    root: bytes  # 20 bytes


@dataclass(frozen=True, slots=True)
class ExchangedSource:
    """A sharer as another client tells of it."""

    client_id: int  # of a HighID the IPv4 address, its first byte highest; else a LowID
    port: int
    server: bytes  # compact
    user_hash: bytes | None
    crypt: Crypt

    @property
    def is_low_id(self) -> bool:
        return self.client_id < 1 << 24

    @property
    def address(self) -> bytes:
        """Compact address; meaningless for a LowID."""
        return self.client_id.to_bytes(4, "big") + self.port.to_bytes(2, "big")


@dataclass(frozen=True, slots=True)
class AnswerSources:
    """OP_ANSWERSOURCES, OP_ANSWERSOURCES2: who else shares the file. Hearsay."""

    digest: bytes
    sources: tuple[ExchangedSource, ...]


@dataclass(frozen=True, slots=True)
class MultipacketAnswer:
    """OP_MULTIPACKETANSWER: several answers about one file in one packet."""

    answers: "tuple[FileName | FileStatus | AichFileHash, ...]"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """OP_PUBLICKEY: the key of secure identification, as sent; nothing is proven by it alone."""

    key: bytes


@dataclass(frozen=True, slots=True)
class Signature:
    """OP_SIGNATURE: a signature over a number that we named. Recorded, not checked."""

    signature: bytes


@dataclass(frozen=True, slots=True)
class Aside:
    """What says nothing about what the client shares: questions to us, ranks, messages."""

    protocol: int
    opcode: int


Message: TypeAlias = (
    HelloAnswer
    | MuleInfo
    | FileName
    | FileStatus
    | FileReqAnsNoFil
    | AichFileHash
    | AnswerSources
    | MultipacketAnswer
    | PublicKey
    | Signature
    | Aside
)


def decode(packet: Packet) -> Message:
    """Decode one packet.

    Raises:
        WireError: cut short, or with fields that do not add up.
    """
    reader = Reader(packet.body, SPEC)
    key = (packet.protocol, packet.opcode)
    if key == (EDONKEY, _HELLO) and reader.uint8() != HASH_BYTES:
        raise WireError("a user hash that has not 16 bytes", at=0, spec=SPEC)
    read = _READERS.get(key)
    return read(reader) if read is not None else Aside(*key)


def _hello(reader: Reader) -> Message:
    user_hash, client_id, port = reader.take(HASH_BYTES), reader.uint32(), reader.uint16()
    tags = read_tags(reader, reader.uint32())
    # Some clients leave the server out, others add four bytes of their own.
    server = reader.take(6) if reader.left >= 6 else bytes(6)
    return HelloAnswer(user_hash, client_id, port, tags, _server(server))


def _server(packed: bytes) -> bytes:
    """From eD2k's form (address, port little-endian) to a compact address."""
    return packed[:4] + packed[5:3:-1]


def _mule_info(reader: Reader) -> Message:
    version = reader.uint8()
    reader.uint8()  # of the protocol; 0xFF: these tags are about the operating system
    return MuleInfo(version, read_tags(reader, reader.uint32()))


def _file_name(reader: Reader) -> Message:
    return _name_of(reader, reader.take(HASH_BYTES))


def _name_of(reader: Reader, digest: bytes) -> FileName:
    length = reader.uint16()
    if length > NAME_LIMIT:
        raise reader.error(f"a file name of {length} bytes")
    return FileName(digest, reader.take(length))


def _file_status(reader: Reader) -> Message:
    return _status_of(reader, reader.take(HASH_BYTES))


def _status_of(reader: Reader, digest: bytes) -> FileStatus:
    parts = reader.uint16()
    return FileStatus(digest, parts, reader.take((parts + 7) // 8))


def _no_file(reader: Reader) -> Message:
    return FileReqAnsNoFil(reader.take(HASH_BYTES))


def _aich(reader: Reader) -> Message:
    return AichFileHash(reader.take(HASH_BYTES), reader.take(AICH_BYTES))


def _multipacket(reader: Reader) -> Message:
    digest = reader.take(HASH_BYTES)
    answers: list[FileName | FileStatus | AichFileHash] = []
    while reader.left:
        match reader.uint8():
            case 0x59:
                answers.append(_name_of(reader, digest))
            case 0x50:
                answers.append(_status_of(reader, digest))
            case 0x9D:
                answers.append(AichFileHash(digest, reader.take(AICH_BYTES)))
            case opcode:
                raise reader.error(f"opcode {opcode:#04x} in a multipacket")
    return MultipacketAnswer(tuple(answers))


def _sources(reader: Reader) -> Message:
    digest, count = reader.take(HASH_BYTES), reader.uint16()
    return _exchanged(reader, digest, count, None)


def _sources_2(reader: Reader) -> Message:
    version, digest, count = reader.uint8(), reader.take(HASH_BYTES), reader.uint16()
    if not 1 <= version <= 4:
        raise reader.error(f"source exchange of version {version}")
    return _exchanged(reader, digest, count, version)


def _exchanged(reader: Reader, digest: bytes, count: int, version: int | None) -> Message:
    """Read `count` sources; without a version, their size tells (CPartFile::AddClientSources)."""
    sizes = {12: 1, 28: 3, 29: 4}
    size = reader.left // count if count else 0
    if count and (reader.left % count or size not in sizes):
        raise reader.error(f"{count} sources in {reader.left} bytes")
    version = version or sizes.get(size, 1)
    if count and sizes[size] != {1: 1, 2: 3, 3: 3, 4: 4}[version]:
        raise reader.error(f"sources of {size} bytes in version {version}")
    sources = []
    for _ in range(min(count, SOURCES_LIMIT)):
        client_id, port = reader.take(4), reader.uint16()
        server = _server(reader.take(6))
        user_hash = reader.take(HASH_BYTES) if size >= 28 else None
        crypt = Crypt(reader.uint8() & 7) if size == 29 else Crypt(0)
        # From version 3 on the id is "hybrid": an address as a number, lowest byte first.
        number_of = int.from_bytes(client_id, "little" if version >= 3 else "big")
        sources.append(ExchangedSource(number_of, port, server, user_hash, crypt))
    return AnswerSources(digest, tuple(sources))


def _public_key(reader: Reader) -> Message:
    return PublicKey(reader.take(reader.uint8()))


def _signature(reader: Reader) -> Message:
    return Signature(reader.take(reader.uint8()))


_READERS = {
    (EDONKEY, _HELLO): _hello,
    (EDONKEY, _HELLO_ANSWER): _hello,
    (EMULE, _EMULE_INFO): _mule_info,
    (EMULE, _EMULE_INFO_ANSWER): _mule_info,
    (EDONKEY, _FILE_NAME_ANSWER): _file_name,
    (EDONKEY, _FILE_STATUS): _file_status,
    (EDONKEY, _FILE_NOT_FOUND): _no_file,
    (EMULE, _AICH_ANSWER): _aich,
    (EMULE, _SOURCES_ANSWER): _sources,
    (EMULE, _SOURCES_ANSWER_2): _sources_2,
    (EMULE, _MULTIPACKET_ANSWER): _multipacket,
    (EMULE, _PUBLIC_KEY): _public_key,
    (EMULE, _SIGNATURE): _signature,
}
_COMPATIBLE = {
    0: "eMule",
    1: "cDonkey",
    2: "xMule",
    3: "aMule",
    4: "Shareaza",
    5: "eMule Plus",
    10: "MLdonkey",
    20: "lphant",
}


def _software(tags: Tags) -> str:
    version = number(tags, _EMULE_VERSION)
    if not version:
        return f"eDonkey {number(tags, _VERSION)}"
    name = _COMPATIBLE.get(version >> 24, f"client {version >> 24}")
    told = f"{name} {version >> 17 & 0x7F}.{version >> 10 & 0x7F}.{version >> 7 & 0x7}"
    mod = text(tags, _MOD_VERSION)
    return f"{told} [{mod}]" if mod else told


SAYS = frozenset(
    {
        Hello,
        EmuleInfo,
        RequestFileName,
        SetReqFileId,
        AichFileHashReq,
        RequestSources,
        SecIdentState,
    }
)
