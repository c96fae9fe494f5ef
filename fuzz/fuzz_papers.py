"""A hundred thousand addresses, ports and instants: set as PDF/A, taken out as text, parsed back.

JSON is read back for each as well. Any mismatch stops the run. A thousand lines to a paper; every
tenth paper's first two hundred also go through an investigator's report, whole, in each language in
turn: `seal` refuses one whose forms do not read back.
"""

import json
import sys
from random import Random

from luzeiro.casework.paper.phrases import LANGUAGES
from luzeiro.casework.reports.papers import seal
from luzeiro.casework.requests.document import Line
from luzeiro.casework.requests.selection import Candidate
from luzeiro.casework.requests.written import line_of_told, line_told
from tests.casework.reports.documents import document, statement
from tests.casework.requests.triples import ZONES, misread_of, triples

SETS, A_PAPER = 100_000, 1_000
REPORT_EVERY, A_REPORT = 10, 200


def main() -> int:
    """Run, and say what came back."""
    for paper in range(SETS // A_PAPER):
        made = list(triples(Random(paper), A_PAPER))
        if wrong := misread_of(made):
            print(f"paper {paper}: {wrong[:3]}")
            return 1
        for number, (name, one) in enumerate(made, 1):
            told = json.loads(json.dumps(line_told(Line(number, one), name)))
            if line_of_told(told) != Line(number, one):
                print(f"paper {paper}, line {number}: {told}")
                return 1
        if paper % REPORT_EVERY == 0:
            _report(made, LANGUAGES[paper // REPORT_EVERY % len(LANGUAGES)])
    reported = SETS // A_PAPER // REPORT_EVERY * A_REPORT
    print(f"{reported} of them also through reports, sealed in {', '.join(LANGUAGES)}")
    print(f"{SETS} sets in {len(ZONES)} zones: PDF and JSON read back, 0 mismatches")
    return 0


def _report(made: list[tuple[str, Candidate]], language: str) -> None:
    """A report is about one address on one clock: each zone's lines make one."""
    zones: dict[str, list[Candidate]] = {}
    for name, one in made[:A_REPORT]:
        zones.setdefault(name, []).append(one)
    for name, those in zones.items():
        instants = [one.seen_at for one in those]
        first = those[0]
        seal(
            document(
                language, zone=name, address=first.address, first_seen_at=min(instants),
                last_seen_at=max(instants), sightings_in_all=len(those),
                statements=tuple(
                    statement(
                        number, address=first.address, port=one.port, seen_at=one.seen_at,
                        port_is_source=one.port_is_source,
                    )
                    for number, one in enumerate(those, start=1)
                ),
            )
        )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
