"""Small imports for tests."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from luzeiro.catalogue.importing import BATCH_ROWS, Import, Outcome, Row, import_rows
from luzeiro.catalogue.rows import ListRow
from luzeiro.observations.identifiers import WIDTH_BYTES, Identifier, IdentifierKind

AT = datetime(2026, 3, 4, tzinfo=UTC)


def name(kind: str, number: int) -> Identifier:
    """An invented identifier: one byte, again and again."""
    of = IdentifierKind(kind)
    return Identifier(of, bytes([number]) * WIDTH_BYTES[of])


def row(*identifiers: Identifier, **changes: Any) -> ListRow:  # Any: whichever fields a test sets
    usual = {"at": "line 1", "label": "baseline"}
    return ListRow(identifiers=identifiers, **{**usual, **changes})


def take(*rows: Row, source: str = "A", **changes: Any) -> Outcome:  # Any: as `row`
    return take_all(rows, source=source, **changes)


def take_all(
    rows: Iterable[Row],
    *,
    source: str = "A",
    dry_run: bool = False,
    batch_rows: int = BATCH_ROWS,
    **changes: Any,  # as `row`
) -> Outcome:
    usual: dict[str, Any] = {"label": "baseline", "list_name": "list", "list_sha256": "0" * 64}
    what = Import(source=source, at=AT, **{**usual, **changes})
    return import_rows(rows, what, dry_run=dry_run, batch_rows=batch_rows)
