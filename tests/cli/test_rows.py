from typing import Any

import pytest

from luzeiro.cli.rows import COLUMNS, screen_row, sighting_rows
from luzeiro.observations.batch import to_table
from luzeiro.observations.record import Bound, Sighting
from luzeiro.sightings.columns import for_store, from_store
from luzeiro.sightings.verdicts import verdict_columns
from tests.observations.examples import sighting
from tests.sightings.examples import knows_all


def row_of(one: Sighting) -> dict[str, Any]:  # Any: of each column's type
    sealed = to_table([one])
    stored = for_store(sealed, verdict_columns(sealed, knows_all), b"s" * 32)
    (batch,) = stored.to_batches()
    (row,) = sighting_rows(from_store(batch))
    return row


def test_a_row_has_every_column_that_is_promised() -> None:
    promised = (
        "sighting_id", "network", "remote_address", "remote_port", "port_kind", "opened_by",
        "own_address", "own_port", "started_at", "seen_at", "clock_error_s", "identifier_kind",
        "identifier", "entry_id", "category", "completeness", "role", "user_ids", "client",
        "told_by", "grade", "control", "raw_sha256",
    )  # fmt: skip
    assert set(promised) <= set(COLUMNS) == set(row_of(sighting()))


def test_hearsay_has_no_address_of_ours() -> None:
    row = row_of(sighting(own=None))
    assert (row["own_address"], row["own_port"]) == (None, None)


def test_a_witness_is_written_with_its_address_and_what_is_known_of_its_id() -> None:
    (witness,) = row_of(sighting())["told_by"]
    assert set(witness) == {"address", "port", "means", "told_at", "node_id", "id_fits_address"}
    assert (witness["address"], witness["id_fits_address"]) == ("203.0.113.9", False)


@pytest.mark.parametrize(
    ("completeness", "bound", "shown"),
    [
        (None, Bound.EXACT, None),
        (100.0, Bound.EXACT, "100.0 %"),
        (99.99, Bound.EXACT, "99.9 %"),
        (12.5, Bound.AT_LEAST, "at least 12.5 %"),
    ],
)
def test_a_screen_never_rounds_up_to_the_whole(
    completeness: float | None, bound: Bound, shown: str | None
) -> None:
    row = row_of(sighting(completeness=completeness, completeness_bound=bound))
    assert screen_row(row, full=False)["completeness"] == shown


def test_a_screen_shortens_the_identifier_unless_asked() -> None:
    row = row_of(sighting())
    assert screen_row(row, full=False)["file"] == "btih:00010203… file 0"
    assert screen_row(row, full=True)["file"] == f"btih:{bytes(range(20)).hex()} file 0"
    assert screen_row(row_of(sighting(file_index=None)), full=False)["file"] == "btih:00010203…"


def test_an_empty_batch_gives_no_rows() -> None:
    sealed = to_table([sighting()]).slice(0, 0)
    stored = for_store(sealed, verdict_columns(sealed, knows_all), b"s" * 32)
    batches = [from_store(batch) for batch in stored.to_batches()]
    assert [row for batch in batches for row in sighting_rows(batch)] == []
