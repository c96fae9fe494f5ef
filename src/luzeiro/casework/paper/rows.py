"""A line of a paper that a provider answers or a court reads: address, port, instant on two clocks.

Written and read here and nowhere else.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from luzeiro.casework.paper.instants import local_text, parse_local, parse_utc, utc_text

SOURCE, LISTENING = "SRC", "LST"
_ROW = re.compile(
    r"^(\d+) ([0-9a-f.:]+) (\d+) (SRC|LST) (\d{4}-\S+Z) (\d{4}-\S+[+-]\d\d:\d\d)$", re.MULTILINE
)


class Misread(ValueError):
    """What was read is not what was written."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line as text: what people read."""

    number: str
    address: str
    port: str
    port_kind: str
    at_utc: str
    at_local: str

    def seen_at(self) -> datetime:
        """The instant; both clocks must tell the same.

        Raises:
            Misread: they do not, or are not instants.
        """
        try:
            at, local = parse_utc(self.at_utc), parse_local(self.at_local)
        except ValueError as error:
            raise Misread(str(error)) from error
        if at != local:
            raise Misread(f"line {self.number}: {self.at_utc} is not {self.at_local}")
        return at


def written_row(
    *, number: int, address: str, port: int, port_is_source: bool, seen_at: datetime, zone: str
) -> Row:
    """Write one line; its instant in UTC and on a zone's clock."""
    return Row(
        number=str(number),
        address=address,
        port=str(port),
        port_kind=SOURCE if port_is_source else LISTENING,
        at_utc=utc_text(seen_at),
        at_local=local_text(seen_at, zone),
    )


def rows_in(text: str) -> list[Row]:
    """Every line that stands in the text of a PDF, in its order."""
    return [Row(*found) for found in _ROW.findall(text)]
