"""The page that a verification prints, and the command that makes it."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from luzeiro.evidence.verifier.examine import examine
from luzeiro.evidence.verifier.findings import FAILS, HOLDS, UNKNOWN, Findings
from luzeiro.evidence.verifier.notes import NoteError, parse_key, parse_proof_lines
from luzeiro.evidence.verifier.proofs import Trust
from luzeiro.evidence.verifier.sighting import Row

_TITLES = (
    (FAILS, "WHAT DOES NOT HOLD"),
    (HOLDS, "WHAT HOLDS"),
    (UNKNOWN, "WHAT CANNOT BE KNOWN FROM THIS PACKAGE"),
)
_LINES_OF_ONE = 20  # of one kind on the page; --all prints every one


def page(findings: Findings, rows: Sequence[Row], *, every: bool = False) -> str:
    """One page: what fails first, then what holds, then what cannot be known."""
    lines = [_verdict(findings), "", *_summary(rows)]
    for state, title in _TITLES:
        told = [one for one in findings if one.state == state]
        if not told:
            continue
        lines += ["", title]
        shown = told if every else told[:_LINES_OF_ONE]
        lines += [f"  {one.about}: {visible(one.told)}" for one in shown]
        if len(told) > len(shown):
            lines.append(f"  and {len(told) - len(shown)} more: --all prints them")
    return "\n".join(lines) + "\n"


def _verdict(findings: Findings) -> str:
    failed = len(findings.failed())
    if failed:
        return f"THIS PACKAGE DOES NOT HOLD: {failed} checks failed."
    return "Everything that could be checked in this package holds."


def _summary(rows: Sequence[Row]) -> list[str]:
    if not rows:
        return ["No sighting could be read."]
    addresses = sorted({str(row.get("remote_address")) for row in rows})
    seen = sorted(str(row.get("seen_at")) for row in rows)
    grades: dict[str, int] = {}
    for row in rows:
        grade = str(row.get("hub", {}).get("grade_now") or row.get("grade"))
        grades[grade] = grades.get(grade, 0) + 1
    more = f" and {len(addresses) - 5} more" if len(addresses) > 5 else ""
    return [
        visible(f"{len(rows)} sightings of {', '.join(addresses[:5])}{more}"),
        visible(f"between {seen[0]} and {seen[-1]}"),
        visible("grades: " + ", ".join(f"{grades[one]} {one}" for one in sorted(grades))),
    ]


def visible(text: str) -> str:
    """Escape what a terminal would obey: remote parties choose some of the text."""
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode() for one in text
    )


def verify_file(path: Path, trust: Trust) -> tuple[Findings, list[Row]]:
    """Check the package in a file.

    Raises:
        OSError: the file cannot be read.
    """
    return examine(path.read_bytes(), trust)


def trust_from(
    key: str | None,
    witnesses: Sequence[str],
    checkpoints: Sequence[Path],
    consistency: Path | None,
) -> Trust:
    """What the command line brings along.

    Raises:
        NoteError: a key, or a proof, that cannot be read.
        OSError: a file that cannot be read.
    """
    return Trust(
        log_key=parse_key(key) if key else None,
        witnesses=tuple(parse_key(one) for one in witnesses),
        checkpoints=tuple(one.read_bytes() for one in checkpoints),
        consistency=parse_proof_lines(consistency.read_bytes()) if consistency else (),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Check a package; 0: all that could be checked holds; 1: something does not; 2: no package."""
    parser = argparse.ArgumentParser(
        description="Check a package of Luzeiro. Needs Python 3.10 or newer, and nothing else."
    )
    parser.add_argument("package", type=Path)
    parser.add_argument("--key", help="the log's verifier key, as its hub published it")
    parser.add_argument("--witness", action="append", default=[], help="a witness's verifier key")
    parser.add_argument(
        "--checkpoint", action="append", default=[], type=Path, help="a head kept elsewhere"
    )
    parser.add_argument("--consistency", type=Path, help="the proof between two sizes of the log")
    parser.add_argument("--all", action="store_true", help="print every finding")
    told = parser.parse_args(arguments)
    try:
        trust = trust_from(told.key, told.witness, told.checkpoint, told.consistency)
        findings, rows = verify_file(told.package, trust)
    except (OSError, NoteError) as error:
        sys.stderr.write(f"cannot verify: {error}\n")
        return 2
    sys.stdout.write(page(findings, rows, every=told.all))
    return 1 if findings.failed() else 0
