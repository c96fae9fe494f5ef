"""The container of a package: a BagIt bag (RFC 8493) in a ZIP whose every byte is laid down.

Members are stored, not compressed, in the order of their names, with one date and no extra fields.
So the whole ZIP follows from names and contents, and a changed byte outside of them shows too.
"""

import hashlib
import struct
import zlib
from collections.abc import Callable, Mapping

_LOCAL = struct.Struct("<IHHHHHIIIHH")
_CENTRAL = struct.Struct("<IHHHHHHIIIHHHHHII")
_END = struct.Struct("<IHHHHIIH")
_VERSION, _UTF8, _STORED = 20, 0x0800, 0
_TIME, _DATE = 0, 0x21  # 1980-01-01 00:00: says nothing
_UNIX_FILE = 0o100644 << 16
_MADE_BY = 3 << 8 | _VERSION  # Unix
MEMBERS_LIMIT, BYTES_LIMIT = 60_000, 3 * 2**30
MANIFEST, TAG_MANIFEST = "manifest-sha256.txt", "tagmanifest-sha256.txt"


class BagError(Exception):
    """Not a package, or one that was changed: where, and how."""


def local_header(name: str, content: bytes) -> bytes:
    """What stands before a member's content."""
    raw, crc, size = name.encode(), zlib.crc32(content), len(content)
    head = (0x04034B50, _VERSION, _UTF8, _STORED, _TIME, _DATE, crc, size, size, len(raw), 0)
    return _LOCAL.pack(*head) + raw


def directory(members: "list[tuple[str, bytes, int]]", start: int) -> bytes:
    """What stands after the members: the central directory and its end.

    Args:
        members: name, content, and where its local header begins.
        start: where this begins.
    """
    parts = []
    for name, content, at in members:
        raw, crc, size = name.encode(), zlib.crc32(content), len(content)
        head = (0x02014B50, _MADE_BY, _VERSION, _UTF8, _STORED, _TIME, _DATE, crc, size, size)
        parts.append(_CENTRAL.pack(*head, len(raw), 0, 0, 0, 0, _UNIX_FILE, at) + raw)
    held = b"".join(parts)
    count = len(members)
    return held + _END.pack(0x06054B50, 0, 0, count, count, len(held), start, 0)


def read_zip(raw: bytes) -> "tuple[dict[str, bytes], list[str]]":
    """Read a package's members, and name what of the container is not as it is laid down.

    Raises:
        BagError: so much is changed that members cannot be told apart.
    """
    members: list[tuple[str, bytes, int]] = []
    wrong, at = [], 0
    for name, content_at, size in _places(raw):
        content = raw[content_at : content_at + size]
        expected = local_header(name, content)
        if at + len(expected) != content_at or raw[at:content_at] != expected:
            wrong.append(_entry_changed(name, raw[at:content_at]))
        members.append((name, content, at))
        at = content_at + size
    if raw[at:] != directory(members, at):
        wrong.append("the container's directory was changed")
    names = [name for name, _, _ in members]
    if names != sorted(set(names)):
        wrong.append("the container's members are not in the order of their names, each once")
    return {name: content for name, content, _ in members}, wrong


def _entry_changed(name: str, entry: bytes) -> str:
    own = entry[_LOCAL.size :].decode("utf-8", "backslashreplace")
    if own != name:
        return (
            f"{name}: so the container's directory calls a member whose own entry says {own}: one "
            "of the two was changed"
        )
    return f"{name}: the container's entry for it was changed, or its content"


def _places(raw: bytes) -> "list[tuple[str, int, int]]":
    """Where each member lies: by the directory, or by the local entries where that is damaged."""
    try:
        found = _by_directory(raw)
    except (struct.error, UnicodeDecodeError, ValueError, IndexError):
        found = []
    if found and found == sorted(found, key=lambda one: one[1]):
        return found
    try:
        found = _by_local_headers(raw)
    except (struct.error, UnicodeDecodeError) as error:
        raise BagError(f"the container cannot be read: {error}") from error
    if not found:
        raise BagError("this is no package: it is not a ZIP as packages are")
    return found


def _by_directory(raw: bytes) -> "list[tuple[str, int, int]]":
    signature, _, _, _, count, _, start, _ = _END.unpack_from(raw, len(raw) - _END.size)
    if signature != 0x06054B50:
        raise ValueError("no end of the directory")
    found, at = [], start
    for _ in range(count):
        head = _CENTRAL.unpack_from(raw, at)
        if head[0] != 0x02014B50:
            raise ValueError("no entry of the directory")
        name = raw[at + _CENTRAL.size : at + _CENTRAL.size + head[10]].decode()
        content_at = head[16] + _LOCAL.size + len(name.encode())
        if content_at + head[9] > start:
            raise ValueError("an entry that reaches into the directory")
        found.append((name, content_at, head[9]))
        at += _CENTRAL.size + head[10] + head[11] + head[12]
    return found


def _by_local_headers(raw: bytes) -> "list[tuple[str, int, int]]":
    found, at = [], 0
    while raw[at : at + 4] == b"PK\x03\x04":
        head = _LOCAL.unpack_from(raw, at)
        name_at = at + _LOCAL.size
        name = raw[name_at : name_at + head[9]].decode()
        content_at = name_at + head[9] + head[10]
        found.append((name, content_at, head[8]))
        at = content_at + head[8]
    return found


def manifest_of(members: Mapping[str, bytes]) -> bytes:
    """A manifest: the SHA-256 of each member and its name (RFC 8493 section 2.1.3)."""
    lines = (f"{hashlib.sha256(members[name]).hexdigest()}  {name}\n" for name in sorted(members))
    return "".join(lines).encode()


def is_payload(name: str) -> bool:
    return name.startswith("data/")


def check_bag(members: Mapping[str, bytes]) -> list[str]:
    """Name what of a bag is not as its manifests say."""
    wrong = _check_manifest(members, MANIFEST, is_payload)
    wrong += _check_manifest(
        members, TAG_MANIFEST, lambda name: not is_payload(name) and name != TAG_MANIFEST
    )
    if members.get("bagit.txt") != BAGIT:
        wrong.append("bagit.txt: not the declaration of a bag")
    return wrong


BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def _check_manifest(
    members: Mapping[str, bytes], manifest: str, covers: Callable[[str], bool]
) -> list[str]:
    if manifest not in members:
        return [f"{manifest}: missing"]
    wrong, named = [], {}
    for line in members[manifest].decode("utf-8", "replace").split("\n"):
        digest, _, name = line.partition("  ")
        if name:
            named[name] = digest
    for name in sorted({*named, *filter(covers, members)}):
        if name not in members:
            wrong.append(f"{name}: missing, {manifest} names it")
        elif name not in named:
            wrong.append(f"{name}: not named in {manifest}")
        elif hashlib.sha256(members[name]).hexdigest() != named[name]:
            wrong.append(f"{name}: changed, its SHA-256 is not the one in {manifest}")
    expected = {name: members[name] for name in members if covers(name)}
    if not wrong and members[manifest] != manifest_of(expected):
        wrong.append(f"{manifest}: changed in how it is written")
    return wrong
