"""Giving the catalogue to others: tables that our own readers take back, and Project VIC's JSON."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TextIO

from luzeiro.catalogue import setup as _setup  # noqa: F401 - before the models
from luzeiro.catalogue.queries import Listed, listed
from luzeiro.catalogue.schemes.tables import from_internal, to_internal
from luzeiro.observations.identifiers import IdentifierKind

KINDS = tuple(IdentifierKind)
VICS_CONTEXT = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Media"
_VICS_KINDS = {"MD5": "md5", "SHA1": "sha1", "SHA256": "sha256"}


@dataclass(slots=True)
class Exported:
    """What an export came to."""

    files: int = 0
    without_category: int = 0  # left out: no category is in force
    without_label: int = 0  # left out: the scheme asked for has no label that surely fits
    without_name: int = 0  # left out: the form has no field for any of its identifiers


@dataclass(frozen=True, slots=True)
class Given:
    """One file as an export gives it."""

    entry_id: int
    scheme: str
    label: str
    size_bytes: int | None
    names: Mapping[str, list[str]]  # hexadecimal, by kind
    sources: tuple[str, ...]
    added_on: str  # ISO 8601


def export(to: TextIO, form: str, *, scheme: str | None = None) -> Exported:
    """Write every file that has a category in force, oldest first, in constant memory.

    Args:
        to: where.
        form: one of `FORMS`.
        scheme: the labels' scheme; None: each as its source spelled it. Project VIC's form is
            always in "vics-us".

    What the scheme cannot say is left out and counted: a missing label, never a wrong one.
    """
    outcome = Exported()
    FORMS[form](to, _given(outcome, "vics-us" if form == "vics" else scheme), outcome)
    return outcome


def _given(outcome: Exported, scheme: str | None) -> Iterator[Given]:
    for file in listed():
        if file.category is None:
            outcome.without_category += 1
        elif (said := _said_in(scheme, *file.category.split(":", 1))) is None:
            outcome.without_label += 1
        else:
            outcome.files += 1
            yield _file(file, *said)


def _said_in(wanted: str | None, scheme: str, label: str) -> tuple[str, str] | None:
    """A category in the scheme that is wanted; None where that one has no label for it."""
    if wanted in {None, scheme}:
        return scheme, label
    means = to_internal(scheme, label)
    other = from_internal(wanted, means) if wanted is not None and means is not None else None
    return (wanted, other) if wanted is not None and other is not None else None


def _file(file: Listed, scheme: str, label: str) -> Given:
    names: dict[str, list[str]] = {}
    for name in file.identifiers:
        names.setdefault(name.kind, []).append(name.digest.hex())
    added_on = file.added_at.date().isoformat()
    return Given(file.entry_id, scheme, label, file.size_bytes, names, file.sources, added_on)


def _write_table(to: TextIO, files: Iterable[Given], _: Exported) -> None:
    """A CSV table; where a file has several names of one kind, a row for each."""
    writer = csv.writer(to, lineterminator="\r\n")  # RFC 4180
    writer.writerow([*KINDS, "size", "scheme", "category", "date", "sources"])
    for file in files:
        rows = max(1, *map(len, file.names.values()))
        for number in range(rows):
            # Each row has a name that the others have, so that reading them back makes one file.
            names = (file.names.get(kind, [""]) for kind in KINDS)
            cells = [of_kind[min(number, len(of_kind) - 1)] for of_kind in names]
            said = (file.size_bytes or "", file.scheme, file.label, file.added_on)
            writer.writerow([*cells, *said, "; ".join(file.sources)])


def _write_json_lines(to: TextIO, files: Iterable[Given], _: Exported) -> None:
    for file in files:
        row = {
            "entry_id": file.entry_id,
            "scheme": file.scheme,
            "category": file.label,
            "size": file.size_bytes,
            "identifiers": file.names,
            "sources": file.sources,
            "date": file.added_on,
        }
        to.write(json.dumps(row) + "\n")


def _write_vics(to: TextIO, files: Iterable[Given], outcome: Exported) -> None:
    to.write(f'{{"@odata.context": {json.dumps(VICS_CONTEXT)}, "value": [')
    separator = "\n"
    for file in files:
        names = {
            theirs: file.names[ours][0].upper()
            for theirs, ours in _VICS_KINDS.items()
            if ours in file.names
        }
        if not names:
            outcome.files -= 1
            outcome.without_name += 1
            continue
        media = {
            "MediaID": file.entry_id,
            "Category": int(file.label),
            **names,
            "MediaSize": file.size_bytes or 0,
            "DateUpdated": f"{file.added_on}T00:00:00Z",
            "IsPrecategorized": True,
        }
        to.write(separator + json.dumps(media))
        separator = ",\n"
    to.write("\n]}\n")


FORMS: Mapping[str, Callable[[TextIO, Iterable[Given], Exported], None]] = {
    "csv": _write_table,
    "jsonl": _write_json_lines,
    "vics": _write_vics,
}
