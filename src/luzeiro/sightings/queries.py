"""The questions, written once for every engine. Results are Arrow; columns.py names their shape.

**Corroborated** is derived here, over the whole store and never over the filtered part of it. A
stated sighting is corroborated where sightings of the same file, all of them stated, were seen

- at the same address on two or more UTC days, or
- two or more times under the same durable user id, at whatever addresses of one country.

The same file is the same identifier and the same place in the torrent. An id under which endpoints
spoke from two countries, whenever and of whatever file, was copied, or its install travels, or a
table errs: it corroborates nothing by itself. Leads judge more closely (observations/installs.py),
and only ever downward.

Users move between addresses, so only the file may narrow where their ids are looked for: the whole
store, but for what its indexes leave out. Where the wanted sightings are under few ids, those are
named (`Ids`), and the index by user id leaves out nearly all.
"""

from collections.abc import Sequence

from luzeiro.observations.grade import Grade
from luzeiro.sightings.filters import (
    DAY_US,
    SPOKE,
    STATED,
    SightingFilter,
    condition,
    literal,
    of_addresses,
    of_identifier,
    one_of_users,
)
from luzeiro.sightings.schema import COLUMNS
from luzeiro.sightings.store import By

_FILE = "identifier_kind, identifier, file_index"
_BY = {
    By.CLIENT: "ifNull(client, '')",
    By.DAY: f"intDiv(seen_at, {DAY_US})",
}
Ids = Sequence[tuple[str, bytes]] | None  # kind and value of durable ids; None: any
MOST_IDS = 2000  # that a question names
_COUNTED = "count() AS sightings, uniqExact(remote_address) AS addresses"


def ids(wanted: SightingFilter) -> str:
    """The durable ids under which the wanted sightings stated, and one over `MOST_IDS` at most."""
    return (
        "SELECT DISTINCT user.kind AS kind, user.value AS value FROM sightings"
        f" ARRAY JOIN user_ids AS user WHERE {condition(wanted)} AND {STATED}"
        f" AND user.durable = 1 LIMIT {MOST_IDS + 1}"
    )


def rows(wanted: SightingFilter, limit: int | None, under: Ids = None) -> str:
    """Sightings with the derived grade, newest first.

    Args:
        wanted: which.
        limit: how many at most.
        under: the ids that `ids` gives.
    """
    columns = ", ".join(
        f"{_derived_grade(wanted, under)} AS grade_now"
        if column.name == "grade"
        else f"`{column.name}`"
        for column in COLUMNS
    )
    cut = "" if limit is None else f" LIMIT {int(limit)}"
    return (
        f"SELECT {columns} FROM sightings WHERE {_where(wanted, under)}"
        f" ORDER BY seen_at DESC, sighting_id DESC{cut}"
    )


def count(wanted: SightingFilter, under: Ids = None) -> str:
    """How many sightings, of how many addresses; exact."""
    return f"SELECT {_COUNTED} FROM sightings WHERE {_where(wanted, under)}"


def count_by(wanted: SightingFilter, by: By, under: Ids = None) -> str:
    """The same for each grade, client or day."""
    key = _derived_grade(wanted, under) if by is By.GRADE else _BY[by]
    where = _where(wanted, under)
    each = f"SELECT {key} AS counted_by, remote_address FROM sightings WHERE {where}"
    return f"SELECT counted_by, {_COUNTED} FROM ({each}) GROUP BY counted_by ORDER BY counted_by"


def _where(wanted: SightingFilter, under: Ids) -> str:
    if wanted.grade is Grade.CORROBORATED:
        return f"{condition(wanted)} AND {_corroborated(wanted, under)}"
    return condition(wanted)


def _derived_grade(wanted: SightingFilter, under: Ids) -> str:
    stronger = literal(Grade.CORROBORATED.encode())
    # The stored grade may be a dictionary's word; toString makes both sides plain.
    return f"if({STATED} AND {_corroborated(wanted, under)}, {stronger}, toString(grade))"


def _corroborated(wanted: SightingFilter, under: Ids) -> str:
    return f"({_on_two_days(wanted)} OR {_twice_under_one_id(wanted, under)})"


def _on_two_days(wanted: SightingFilter) -> str:
    # Address and file are what is grouped by: to look at the wanted ones alone changes nothing.
    asked = [STATED]
    asked += [] if wanted.addresses is None else [of_addresses(wanted.addresses)]
    asked += [] if wanted.identifier is None else [of_identifier(wanted.identifier)]
    return (
        f"(remote_address, {_FILE}) GLOBAL IN (SELECT remote_address, {_FILE} FROM sightings"
        f" WHERE {' AND '.join(asked)} GROUP BY remote_address, {_FILE}"
        f" HAVING uniqExact(intDiv(seen_at, {DAY_US})) >= 2)"
    )


def _twice_under_one_id(wanted: SightingFilter, under: Ids) -> str:
    if under is not None and not under:
        return "0"
    asked = [STATED, *_under(under)]
    asked += [] if wanted.identifier is None else [of_identifier(wanted.identifier)]
    copied = (
        "SELECT user.kind, user.value FROM sightings ARRAY JOIN user_ids AS user"
        f" WHERE {' AND '.join([SPOKE, *_under(under)])} AND country != ''"
        " GROUP BY user.kind, user.value HAVING uniqExact(country) >= 2"
    )
    groups = (
        "SELECT groupUniqArray(sighting_id) AS alike FROM sightings ARRAY JOIN user_ids AS user"
        f" WHERE {' AND '.join(asked)} AND (user.kind, user.value) GLOBAL NOT IN ({copied})"
        f" GROUP BY user.kind, user.value, {_FILE} HAVING uniqExact(sighting_id) >= 2"
    )
    return f"sighting_id GLOBAL IN (SELECT arrayJoin(alike) FROM ({groups}))"


def _under(some: Ids) -> list[str]:
    """The conditions that `user`, one of a sighting's ids, is durable, and one of these."""
    durable = "user.durable = 1"
    return [durable] if some is None else [one_of_users(some), durable]
