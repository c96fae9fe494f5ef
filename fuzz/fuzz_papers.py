"""A hundred thousand addresses, ports and instants: set as PDF/A, taken out as text, parsed back.

JSON is read back for each as well. Any mismatch stops the run. A thousand lines to a paper.
"""

import json
import sys
from random import Random

from luzeiro.casework.requests.document import Line
from luzeiro.casework.requests.written import line_of_told, line_told
from tests.casework.requests.triples import ZONES, misread_of, triples

SETS, A_PAPER = 100_000, 1_000


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
    print(f"{SETS} sets in {len(ZONES)} zones: PDF and JSON read back, 0 mismatches")
    return 0


if __name__ == "__main__":
    sys.exit(main())
