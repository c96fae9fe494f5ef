"""Which sightings are wanted, as a condition in SQL.

Nothing that was given reaches the SQL as text: bytes go as hexadecimal, instants as whole numbers,
grades as words of our own. So no value can end a literal and begin a statement.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from luzeiro.observations.grade import Grade
from luzeiro.observations.identifiers import Identifier

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SightingFilter:
    """What a sighting must meet, all of it; None asks nothing."""

    grade: Grade | None = None  # at least this one
    since: datetime | None = None  # `seen_at` is this or later; UTC
    until: datetime | None = None  # `seen_at` is earlier than this; UTC
    addresses: tuple[bytes, ...] | None = None  # one of these, 16 bytes each
    identifier: Identifier | None = None
    entry_id: int | None = None
    sighting_id: UUID | None = None
    country: str | None = None  # ISO 3166-1 alpha-2
    region: str | None = None  # ISO 3166-2


def condition(wanted: SightingFilter) -> str:
    """The condition on the rows as stored; "1" where nothing is asked.

    A stored grade is never `corroborated`, so a wish for that is met by `stated` here, and by the
    derived grade in queries.py.
    """
    asked = [
        *([] if wanted.grade is None else [_grade_at_least(wanted.grade)]),
        *([] if wanted.since is None else [f"seen_at >= {microseconds(wanted.since)}"]),
        *([] if wanted.until is None else [f"seen_at < {microseconds(wanted.until)}"]),
        *([] if wanted.addresses is None else [of_addresses(wanted.addresses)]),
        *([] if wanted.identifier is None else [of_identifier(wanted.identifier)]),
        *([] if wanted.entry_id is None else [f"entry_id = {int(wanted.entry_id)}"]),
        *([] if wanted.country is None else [f"country = {literal(wanted.country.encode())}"]),
        *([] if wanted.region is None else [f"region = {literal(wanted.region.encode())}"]),
    ]
    if wanted.sighting_id is not None:
        asked.append(f"sighting_id = {fixed(wanted.sighting_id.bytes)}")
    return " AND ".join(asked) or "1"


def of_address(packed: bytes) -> str:
    """The condition that a sighting is of this address."""
    return f"remote_address = {fixed(packed)}"


def of_addresses(packed: Iterable[bytes]) -> str:
    """The condition that a sighting is of one of these addresses."""
    return one_of("remote_address", packed)


def of_identifier(identifier: Identifier) -> str:
    """The condition that a sighting is of this identifier."""
    kind = literal(identifier.kind.encode())
    return f"(identifier_kind = {kind} AND identifier = {literal(identifier.digest)})"


def one_of(column: str, values: Iterable[bytes]) -> str:
    """The condition that a FixedString column has one of some values; with none, it has not."""
    some = ", ".join(map(fixed, values))
    return f"{column} IN ({some})" if some else "0"


def one_of_users(users: Iterable[tuple[str, bytes]]) -> str:
    """The condition, after ARRAY JOIN user_ids AS user, that it is one of some kinds and values."""
    given = [(literal(kind.encode()), literal(value)) for kind, value in users]
    if not given:
        return "0"
    values = ", ".join(value for _, value in given)
    pairs = ", ".join(f"({kind}, {value})" for kind, value in given)
    # The first is what the skip index answers; the pairs then decide.
    return f"hasAny(user_ids.value, [{values}]) AND (user.kind, user.value) IN ({pairs})"


def literal(value: bytes) -> str:
    """Any bytes as a String literal."""
    return f"unhex('{value.hex()}')"


def fixed(value: bytes) -> str:
    """Bytes as a FixedString literal of their own width."""
    return f"toFixedString({literal(value)}, {len(value)})"


def _grade_at_least(grade: Grade) -> str:
    lowest = min(grade.rank, Grade.STATED.rank)
    enough = (one for one in Grade if lowest <= one.rank <= Grade.STATED.rank)
    return f"grade IN ({', '.join(literal(one.encode()) for one in enough)})"


def microseconds(at: datetime) -> int:
    """An instant as the store holds it: whole microseconds since 1970."""
    return (at - _EPOCH) // timedelta(microseconds=1)


# Words of every question.
STATED = f"grade = {literal(Grade.STATED.encode())}"
SPOKE = f"({STATED} OR grade = {literal(Grade.REACHED.encode())})"  # the endpoint itself
DAY_US = 86_400_000_000
