"""A paper's two forms, and the proof that both say the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from luzeiro.casework.paper.rows import Misread, Row, rows_in
from luzeiro.casework.paper.typeset import text_of


@dataclass(frozen=True, slots=True)
class Sealed:
    """One paper as PDF/A and as JSON."""

    pdf: bytes
    json: bytes
    sha256: str  # of the JSON, printed at the foot of each page of the PDF

    def proven(
        self,
        document: object,
        *,
        read_json: Callable[[bytes], object],
        rows: Sequence[Row],
        instants: Sequence[datetime],
    ) -> str:
        """Read both forms back, and compare.

        Args:
            document: what was written.
            read_json: makes it again from the JSON.
            rows: its lines as text, in their order.
            instants: of each line, from the document itself.

        Returns:
            The PDF's text, for what else must stand in it.

        Raises:
            Misread: a form does not read back as what was written: it must not leave.
        """
        if read_json(self.json) != document:
            raise Misread("the JSON does not read back as the document")
        text = text_of(self.pdf)
        if rows_in(text) != list(rows):
            raise Misread("the PDF does not read back as the document")
        for row, instant in zip(rows, instants, strict=True):
            if row.seen_at() != instant:
                raise Misread(f"line {row.number} tells another instant than the document")
        return text
