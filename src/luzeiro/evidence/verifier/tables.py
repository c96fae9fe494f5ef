"""Sightings as a table for a spreadsheet: it follows from `sightings.jsonl`, and says nothing
else.
"""

import csv
import io
import json
import unicodedata
from collections.abc import Iterable

from luzeiro.evidence.verifier.sighting import Row

_COLUMNS = (
    *("sighting_id", "network", "remote_address", "remote_port", "port_kind", "opened_by"),
    *("own_address", "own_port", "started_at", "seen_at", "clock_error_s", "clock_source"),
    *("identifier_kind", "identifier", "file_index", "size_bytes", "name", "completeness"),
    *("completeness_bound", "role", "user_ids", "client", "told_by", "grade", "control", "doubts"),
    *("raw_sha256", "collector", "software", "configuration_sha256", "watch_revision"),
)
_HUB_COLUMNS = (
    *("entry_id", "category", "rule", "list_revision", "votes", "grade_now"),
    *("segment", "position", "log_index"),
)
# What spreadsheets take for the beginning of a formula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def csv_of(rows: Iterable[Row]) -> bytes:
    """The table: RFC 4180, UTF-8; what the hub added is in the columns that begin with `hub_`."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*_COLUMNS, *(f"hub_{name}" for name in _HUB_COLUMNS)])
    for row in rows:
        held = [row[name] for name in _COLUMNS] + [row["hub"].get(name) for name in _HUB_COLUMNS]
        writer.writerow([_cell(value) for value in held])
    return out.getvalue().encode()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        cell = "".join(map(_visible, value))
        return f"'{cell}" if cell.lstrip().startswith(_FORMULA) else cell
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _visible(character: str) -> str:
    """Escape what steers a terminal or turns the direction of reading."""
    if character.isprintable() or unicodedata.category(character) == "Zs":
        return character
    return character.encode("unicode_escape").decode()
