"""A sighting as a package writes it, back into the bytes that were hashed
(docs/reference/evidence.md).

Takes one object of `sightings.jsonl` and knows nothing of columns: so it is a second implementation
of the canonical encoding, from the written description.
"""

import datetime
import ipaddress
import struct
from typing import Any

Row = dict[str, Any]  # one JSON object: what each field holds is checked as it is read

ENCODING = "LZS1"
_TEXT_BEFORE_LISTS = (
    *("software", "watch_revision", "network", "port_kind", "opened_by", "clock_source"),
    *("identifier_kind", "completeness_bound", "role", "client", "grade", "control"),
)


class RowError(Exception):
    """A row is not a sighting: which field, and why."""


def encode_sighting(row: Row) -> bytes:
    """The canonical encoding of one sighting.

    Raises:
        RowError: a field is missing, or holds something that no sighting has.
    """
    try:
        return _encode(row)
    except (KeyError, TypeError, ValueError, struct.error, AttributeError, OverflowError) as error:
        raise RowError(f"not a sighting: {error!r}") from error


def _encode(row: Row) -> bytes:
    own = row["own_address"]
    parts = [
        ENCODING.encode(),
        *(_uuid(row[name]) for name in ("sighting_id", "collector")),
        _hex(row["configuration_sha256"], 32),
        pack_address(row["remote_address"]),
        struct.pack(">H", row["remote_port"]),
        _known(None if own is None else pack_address(own), 16),
        _optional(row["own_port"], ">H"),
        *(struct.pack(">q", microseconds(row[name])) for name in ("started_at", "seen_at")),
        _optional(row["clock_error_s"], ">d"),
        _optional(row["file_index"], ">i"),
        _optional(row["size_bytes"], ">q"),
        _optional(row["completeness"], ">d"),
        _hex(row["raw_sha256"], 32),
    ]
    parts += [_text(row[name]) for name in _TEXT_BEFORE_LISTS]
    parts += [_bytes(bytes.fromhex(row["identifier"])), _text(row["name"])]
    parts.append(_list([_user_id(one) for one in row["user_ids"]]))
    parts.append(_list([_witness(one) for one in row["told_by"]]))
    parts.append(_list([_text(one) for one in row["doubts"]]))
    return b"".join(parts)


def _user_id(one: Row) -> bytes:
    durable = b"\x01" if one["durable"] else b"\x00"
    return _text(one["kind"]) + _bytes(bytes.fromhex(one["value"])) + durable


def _witness(one: Row) -> bytes:
    fits = {None: b"\x02", True: b"\x01", False: b"\x00"}[one["id_fits_address"]]
    where = pack_address(one["address"]) + struct.pack(">H", one["port"])
    when = struct.pack(">q", microseconds(one["told_at"]))
    return where + _text(one["means"]) + when + _bytes(bytes.fromhex(one["node_id"])) + fits


def _list(members: list[bytes]) -> bytes:
    return struct.pack(">I", len(members)) + b"".join(members)


def _text(text: str | None) -> bytes:
    return b"\xff\xff\xff\xff" if text is None else _bytes(text.encode())


def _bytes(value: bytes) -> bytes:
    return struct.pack(">I", len(value)) + value


def _optional(value: float | None, form: str) -> bytes:
    packed = None if value is None else struct.pack(form, value)
    return _known(packed, struct.calcsize(form))


def _known(value: bytes | None, width: int) -> bytes:
    return bytes(1 + width) if value is None else b"\x01" + value


def _uuid(text: str) -> bytes:
    raw = _hex(text.replace("-", ""), 16)
    spelled = raw.hex()
    parts = (spelled[:8], spelled[8:12], spelled[12:16], spelled[16:20], spelled[20:])
    if "-".join(parts) != text:
        raise ValueError(f"{text!r} is not a UUID as it is written here")
    return raw


def _hex(text: str, width: int) -> bytes:
    raw = bytes.fromhex(text)
    if len(raw) != width:
        raise ValueError(f"{text!r} is not {width} bytes")
    return raw


def pack_address(text: str) -> bytes:
    """An address as 16 bytes; IPv4 as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2)."""
    found = ipaddress.ip_address(text)
    return bytes(10) + b"\xff\xff" + found.packed if found.version == 4 else found.packed


def microseconds(instant: str) -> int:
    """An instant as it is written here, 2026-03-04T05:06:07.890123Z, since 1970, exactly."""
    if len(instant) != 27 or not instant.endswith("Z"):
        raise ValueError(f"{instant!r} is not an instant with microseconds and Z")
    at = datetime.datetime.fromisoformat(instant)
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)  # noqa: UP017 - 3.9 too
    return (at - epoch) // datetime.timedelta(microseconds=1)
