from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.observations.grade import Grade
from luzeiro.observations.identifiers import Identifier, IdentifierKind
from luzeiro.sightings.filters import SightingFilter, condition, fixed, literal
from tests.observations.examples import PEER

MALICE = b"') OR 1 --"


def test_a_filter_that_asks_nothing_takes_everything() -> None:
    assert condition(SightingFilter()) == "1"


@given(st.binary(max_size=40))
def test_no_bytes_can_leave_their_literal(value: bytes) -> None:
    inner = literal(value).removeprefix("unhex('").removesuffix("')")
    assert set(inner) <= set("0123456789abcdef")
    assert bytes.fromhex(inner) == value
    assert fixed(value) == f"toFixedString({literal(value)}, {len(value)})"


def test_all_that_is_asked_must_be_met() -> None:
    wanted = SightingFilter(
        since=datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC),
        until=datetime(1970, 1, 1, 0, 0, 2, tzinfo=UTC),
        addresses=(bytes(16), PEER.packed),
        identifier=Identifier(IdentifierKind.CID, MALICE),
        entry_id=5,
        sighting_id=UUID(int=1),
    )
    assert condition(wanted) == (
        "seen_at >= 1000000 AND seen_at < 2000000"
        f" AND remote_address IN ({fixed(bytes(16))}, {fixed(PEER.packed)})"
        f" AND (identifier_kind = {literal(b'cid')} AND identifier = {literal(MALICE)})"
        " AND entry_id = 5"
        f" AND sighting_id = {fixed(UUID(int=1).bytes)}"
    )


@pytest.mark.parametrize(
    ("grade", "stored"),
    [
        (Grade.HEARD, ["heard", "reached", "stated"]),
        (Grade.REACHED, ["reached", "stated"]),
        (Grade.STATED, ["stated"]),
        (Grade.CORROBORATED, ["stated"]),  # and derived beside it
    ],
)
def test_a_grade_means_this_one_or_a_stronger(grade: Grade, stored: list[str]) -> None:
    words = ", ".join(literal(word.encode()) for word in stored)
    assert condition(SightingFilter(grade=grade)) == f"grade IN ({words})"
