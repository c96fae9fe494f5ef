"""Makes a package: a BagIt bag in a ZIP that can be checked with nothing but what is in it.

Everything is put together in memory, so that nothing half done is ever written; a package holds at
most what `bag.MEMBERS_LIMIT` and `bag.BYTES_LIMIT` allow.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from luzeiro.evidence.signer import Signer
from luzeiro.evidence.verifier import bag
from luzeiro.evidence.verifier.assemble import assemble
from luzeiro.evidence.verifier.examine import captures
from luzeiro.evidence.verifier.exchange import parse_exchange
from luzeiro.evidence.verifier.notes import VerifierKey
from luzeiro.evidence.verifier.statements import PACKAGE, write
from luzeiro.evidence.verifier.tables import csv_of
from luzeiro.package import case_uco
from luzeiro.package.gather import Exhibit, Gathered

README, REPORT_ABSENT = "data/README.txt", "data/report/README.txt"
REPORT_FOLDER = "data/report/"
# One spelling on every file system, and nothing that leaves the folder a bag is unpacked into.
_NAME = re.compile(r"data(/[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}){1,8}")


class PackageError(Exception):
    """A package cannot be made: why, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """What a package says of itself."""

    made_at: str  # ISO 8601, Z
    software: str
    selection: str  # in words: which sightings were asked for
    catalogue: tuple[Mapping[str, Any], ...]  # lines of catalogue/files.jsonl; Any: JSON's types
    error_rates: bytes | None = None  # CSV; None: what ships with this software
    witnesses: tuple[VerifierKey, ...] = ()
    stamps: Mapping[str, bytes] = field(default_factory=dict)  # RFC 3161 responses, by name
    stamped: bytes | None = None  # the checkpoint that they stamp


def make_package(
    gathered: Gathered,
    making: Making,
    signer: Signer,
    *,
    extra_files: Mapping[str, bytes] | None = None,
) -> bytes:
    """Put a package together; the same arguments give the same bytes.

    Args:
        gathered: the record itself.
        making: what the package says of itself.
        signer: the hub's, for the manifest.
        extra_files: more of the payload by name, as `data/report/report.pdf`: the manifest and the
            hub's signature cover them as they do the rest, and a verifier names them as words that
            it cannot work out from the record. One in `data/report/` takes the place of the note
            that there is no report.

    Raises:
        PackageError: nothing to put into it, or too much, or an extra file that has no place.
    """
    if not gathered.exhibits:
        raise PackageError("no sighting fits: there is nothing to put into a package")
    payload = _with_extra(_payload(gathered, making, signer), extra_files or {})
    tags = {
        "bagit.txt": bag.BAGIT,
        "bag-info.txt": _bag_info(payload, making),
        bag.MANIFEST: bag.manifest_of(payload),
    }
    digest = hashlib.sha256(tags[bag.MANIFEST]).hexdigest()
    text = write(PACKAGE, (making.made_at, making.software, digest))
    tags["package.note"] = signer.sign(text)
    tags[bag.TAG_MANIFEST] = bag.manifest_of(tags)
    return zip_of({**payload, **tags})


def zip_of(members: Mapping[str, bytes]) -> bytes:
    """Lay the members out as the container of a package (verifier/bag.py).

    Raises:
        PackageError: more than one container holds.
    """
    size = sum(map(len, members.values()))
    if len(members) > bag.MEMBERS_LIMIT or size > bag.BYTES_LIMIT:
        raise PackageError(
            f"{len(members)} files of {size} bytes are too much for one package: narrow the "
            "selection, by --since and --until for example"
        )
    parts, places, at = [], [], 0
    for name in sorted(members):
        header = bag.local_header(name, members[name])
        places.append((name, members[name], at))
        parts += [header, members[name]]
        at += len(header) + len(members[name])
    return b"".join([*parts, bag.directory(places, at)])


def _with_extra(payload: dict[str, bytes], extra: Mapping[str, bytes]) -> dict[str, bytes]:
    if any(name.startswith(REPORT_FOLDER) for name in extra):
        del payload[REPORT_ABSENT]
    taken = {name.casefold() for name in payload}
    for name in extra:
        if not _NAME.fullmatch(name):
            raise PackageError(
                f"{name!r} is no name for a file of a package: data/ and then letters, digits, "
                "'.', '_', '-' and '/', no part beginning with a point or a dash"
            )
        if name.casefold() in taken or _inside_or_around(name.casefold(), taken):
            raise PackageError(f"{name} is a file of the package already: give it another name")
        taken.add(name.casefold())
    return {**payload, **extra}


def _inside_or_around(name: str, taken: Iterable[str]) -> bool:
    """Whether a name is a folder of one that is there, or one that is there a folder of it."""
    return any(one.startswith(f"{name}/") or name.startswith(f"{one}/") for one in taken)


def _payload(gathered: Gathered, making: Making, signer: Signer) -> dict[str, bytes]:
    rows = [one.row for one in gathered.exhibits]
    found = {
        README: _text("README.txt"),
        "data/verify.py": assemble(),
        "data/sightings.jsonl": _lines(rows),
        "data/sightings.csv": csv_of(rows),
        "data/catalogue/files.jsonl": _lines(making.catalogue),
        "data/method/method.txt": _text("method.txt"),
        "data/method/error-rates.csv": making.error_rates or _text("error-rates.csv"),
        "data/case-uco/package.jsonld": case_uco.graph(gathered.exhibits, making.made_at),
        "data/case-uco/luzeiro-p2p.ttl": _text("luzeiro-p2p.ttl"),
        REPORT_ABSENT: _text("report.txt"),
        "data/log/checkpoint": gathered.checkpoint,
        "data/log/key": f"{signer.key}\n".encode(),
        "data/proofs/sightings.jsonl": _lines(map(_proof, gathered.exhibits)),
    }
    for one in gathered.exhibits:
        found[f"data/exchanges/{one.row['raw_sha256']}.lzx"] = one.exchange
    found |= captures([(one.row, parse_exchange(one.exchange)) for one in gathered.exhibits])
    found |= _notes(gathered)
    for name, response in making.stamps.items():
        found[f"data/log/{name}.tsr"] = response
    if making.stamped is not None:
        found["data/log/stamped"] = making.stamped
    if making.witnesses:
        found["data/log/witnesses"] = "".join(f"{one}\n" for one in making.witnesses).encode()
    return found


def _notes(gathered: Gathered) -> dict[str, bytes]:
    found = {}
    for folder, notes in (("segments", gathered.segments), ("enrolments", gathered.enrolments)):
        for name, note in notes.items():
            found[f"data/proofs/{folder}/{name}.note"] = note
            found[f"data/proofs/{folder}/{name}.tlog-proof"] = gathered.proofs[note]
    for collector, texts in gathered.chains.items():
        found[f"data/proofs/chains/{collector}.jsonl"] = _lines(texts)
    return found


def _proof(one: Exhibit) -> dict[str, object]:
    return {
        "sighting_id": one.row["sighting_id"],
        "segment": one.segment,
        "position": one.position,
        "path": [step.hex() for step in one.path],
    }


def _bag_info(payload: Mapping[str, bytes], making: Making) -> bytes:
    size = sum(map(len, payload.values()))
    lines = {
        "Bag-Software-Agent": making.software,
        "Bagging-Date": making.made_at[:10],
        "External-Description": f"Sightings: {making.selection}",
        "Payload-Oxum": f"{size}.{len(payload)}",
    }
    return "".join(f"{name}: {_one_line(value)}\n" for name, value in lines.items()).encode()


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _lines(objects: Iterable[object]) -> bytes:
    """JSON Lines: sorted keys, ASCII, so that one content has one spelling."""
    spelled = (json.dumps(one, sort_keys=True, allow_nan=False) for one in objects)
    return "".join(f"{line}\n" for line in spelled).encode()


def _text(name: str) -> bytes:
    return files("luzeiro.package").joinpath("texts", name).read_bytes()
