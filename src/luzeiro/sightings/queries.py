"""The questions, written once for every engine. Results are Arrow; columns.py names their shape.

**Corroborated** is derived here, over the whole store and never over the filtered part of it. A
stated sighting is corroborated where sightings of the same file, all of them stated, were seen

- at the same address on two or more UTC days, or
- two or more times under the same durable user id, at whatever addresses.

The same file is the same identifier and the same place in the torrent.
"""

from luzeiro.observations.grade import Grade
from luzeiro.sightings.filters import SightingFilter, condition, literal, of_address, of_identifier
from luzeiro.sightings.schema import COLUMNS
from luzeiro.sightings.store import By

_DAY_US = 86_400_000_000
_FILE = "identifier_kind, identifier, file_index"
_STATED = f"grade = {literal(Grade.STATED.encode())}"
_BY = {
    By.CLIENT: "ifNull(client, '')",
    By.DAY: f"intDiv(seen_at, {_DAY_US})",
}
_COUNTED = "count() AS sightings, uniqExact(remote_address) AS addresses"


def rows(wanted: SightingFilter, limit: int | None) -> str:
    """Sightings with the derived grade, newest first."""
    columns = ", ".join(
        f"{_derived_grade(wanted)} AS grade_now" if column.name == "grade" else f"`{column.name}`"
        for column in COLUMNS
    )
    cut = "" if limit is None else f" LIMIT {int(limit)}"
    return (
        f"SELECT {columns} FROM sightings WHERE {_where(wanted)}"
        f" ORDER BY seen_at DESC, sighting_id DESC{cut}"
    )


def count(wanted: SightingFilter) -> str:
    """How many sightings, of how many addresses; exact."""
    return f"SELECT {_COUNTED} FROM sightings WHERE {_where(wanted)}"


def count_by(wanted: SightingFilter, by: By) -> str:
    """The same for each grade, client or day."""
    key = _derived_grade(wanted) if by is By.GRADE else _BY[by]
    each = f"SELECT {key} AS counted_by, remote_address FROM sightings WHERE {_where(wanted)}"
    return f"SELECT counted_by, {_COUNTED} FROM ({each}) GROUP BY counted_by ORDER BY counted_by"


def _where(wanted: SightingFilter) -> str:
    if wanted.grade is Grade.CORROBORATED:
        return f"{condition(wanted)} AND {_corroborated(wanted)}"
    return condition(wanted)


def _derived_grade(wanted: SightingFilter) -> str:
    stronger = literal(Grade.CORROBORATED.encode())
    # The stored grade may be a dictionary's word; toString makes both sides plain.
    return f"if({_STATED} AND {_corroborated(wanted)}, {stronger}, toString(grade))"


def _corroborated(wanted: SightingFilter) -> str:
    return f"({_on_two_days(wanted)} OR {_twice_under_one_id(wanted)})"


def _on_two_days(wanted: SightingFilter) -> str:
    # Address and file are what is grouped by: to look at the wanted ones alone changes nothing.
    asked = [_STATED]
    asked += [] if wanted.address is None else [of_address(wanted.address)]
    asked += [] if wanted.identifier is None else [of_identifier(wanted.identifier)]
    return (
        f"(remote_address, {_FILE}) GLOBAL IN (SELECT remote_address, {_FILE} FROM sightings"
        f" WHERE {' AND '.join(asked)} GROUP BY remote_address, {_FILE}"
        f" HAVING uniqExact(intDiv(seen_at, {_DAY_US})) >= 2)"
    )


def _twice_under_one_id(wanted: SightingFilter) -> str:
    # A user moves between addresses, so only the file may narrow this.
    asked = [_STATED, "user_ids.durable = 1"]
    asked += [] if wanted.identifier is None else [of_identifier(wanted.identifier)]
    groups = (
        "SELECT groupUniqArray(sighting_id) AS alike FROM sightings ARRAY JOIN user_ids"
        f" WHERE {' AND '.join(asked)} GROUP BY user_ids.kind, user_ids.value, {_FILE}"
        " HAVING uniqExact(sighting_id) >= 2"
    )
    return f"sighting_id GLOBAL IN (SELECT arrayJoin(alike) FROM ({groups}))"
