"""Wrong lists are refused by name, in 200 MB.

Each takes under a second too, which no test measures: `python -m tests.catalogue.readers.malformed`
prints the slowest.
"""

import json
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest

from tests.catalogue.readers.malformed import Case, cases, complaint

CASES = list(cases())
LIMIT_BYTES = 200_000_000  # of the whole process, the interpreter included


def test_there_are_more_than_two_hundred_over_all_formats() -> None:
    names = [str(case) for case in CASES]
    assert len(set(names)) == len(names) > 200
    assert min(Counter(case.format for case in CASES).values()) >= 3


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_wrong_list_is_refused_by_name(case: Case) -> None:
    what = complaint(case)
    assert what is not None
    assert 10 < len(what) < 600
    assert "Traceback" not in what
    assert what.isprintable()


def test_none_takes_two_hundred_megabytes() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.catalogue.readers.malformed"],
        capture_output=True,
        check=True,
        timeout=300,
    )
    outcome: dict[str, Any] = json.loads(ran.stdout)
    assert len(outcome["cases"]) == len(CASES)
    assert outcome["peak_bytes"] < LIMIT_BYTES
