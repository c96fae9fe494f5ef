"""Lists that an operator brings: nodes.dat (nodes of Kad) and server.met (eD2k servers)."""

import struct
from dataclasses import dataclass

from luzeiro.networks.edonkey.wire.kad import Contact, read_contacts
from luzeiro.networks.edonkey.wire.tags import read_tags, text
from luzeiro.networks.kit.reader import Reader

NODES_SPEC = "nodes.dat (aMule RoutingZone.cpp, ReadFile)"
SERVERS_SPEC = "server.met (aMule ServerList.cpp, LoadServerMet)"
NODES_LIMIT, SERVERS_LIMIT = 50_000, 10_000
FILE_LIMIT = 4 * 2**20  # bytes; longer files are not read at all
_CONTACT_BYTES = 25
_BOOTSTRAP_EDITION = 1  # of version 3: contacts to ask once, for others
_SERVER_VERSIONS = (0x0E, 0xE0)
_NAME = 0x01


@dataclass(frozen=True, slots=True)
class Server:
    """One server of a list."""

    address: bytes  # compact: IPv4 and TCP port
    name: str | None


def read_nodes_dat(data: bytes) -> tuple[Contact, ...]:
    """Read nodes.dat of version 0, 1, 2 or 3.

    Version 0 begins with the number of contacts; from 1 on a zero and the version come first.
    Contacts from version 2 on have 8 bytes of key and one that says "verified" after them. Those of
    Kad 1 (version 0 or 1 in the contact) are left out.

    Raises:
        WireError: cut short, of another version, or longer than it says.
    """
    reader = Reader(data, NODES_SPEC)
    version, count = 0, reader.uint32()
    if not count and reader.left:
        version, count = reader.uint32(), 0
        if version > 3:
            raise reader.error(f"version {version}")
        if version == 3 and reader.uint32() == _BOOTSTRAP_EDITION:
            version = 1  # its contacts come without keys
        count = reader.uint32()
    if count > NODES_LIMIT:
        raise reader.error(f"{count} nodes")
    more = 9 if version >= 2 else 0
    contacts: list[Contact] = []
    for _ in range(count):
        contacts.extend(read_contacts(reader.take(_CONTACT_BYTES)))
        reader.take(more)
    if reader.left:
        raise reader.error(f"{reader.left} bytes after {count} nodes")
    # Kad 1 wrote a type where Kad 2 has the version: nothing tells them apart in version 0.
    return tuple(contact for contact in contacts if not version or contact.version > 1)


def read_server_met(data: bytes) -> tuple[Server, ...]:
    """Read server.met.

    Raises:
        WireError: cut short, of another version, or longer than it says.
    """
    reader = Reader(data, SERVERS_SPEC)
    if (version := reader.uint8()) not in _SERVER_VERSIONS:
        raise reader.error(f"version {version:#04x}")
    count = reader.uint32()
    if count > SERVERS_LIMIT:
        raise reader.error(f"{count} servers")
    servers = []
    for _ in range(count):
        host, port = reader.take(4), reader.uint16()
        tags = read_tags(reader, reader.uint32())
        servers.append(Server(host + struct.pack(">H", port), text(tags, _NAME)))
    if reader.left:
        raise reader.error(f"{reader.left} bytes after {count} servers")
    return tuple(servers)
