"""A log, its notes, tiles and proofs, checked by Go's implementation (golang.org/x/mod/sumdb)::

apt-get install golang-go golang-golang-x-mod-dev
python -m lab.evidence.oracle [--entries 1500]
"""

import argparse
import base64
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random

from luzeiro.evidence.log import Log
from luzeiro.evidence.signer import Signer
from luzeiro.evidence.verifier.statements import ENROLMENT, FIRST, SegmentSeal, write

HUB, COLLECTOR = Signer("luzeiro/hub/lab", b"h" * 32), Signer("luzeiro/collector/lab", b"c" * 32)
NAME = "00000000-0000-0000-0000-000000000001"
PROOFS = 1500
_GO_PATH = "/usr/share/gocode"  # where Debian puts Go's packages


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1500)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="luzeiro-oracle-"))
    try:
        _write(folder, options.entries)
        source = Path(__file__).with_name("oracle.go")
        go = {**os.environ, "GO111MODULE": "off", "GOPATH": f"{folder / 'go'}:{_GO_PATH}"}
        go["GOCACHE"] = str(folder / "cache")
        ended = subprocess.run(["go", "run", source, folder], env=go, check=False)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(ended.returncode)


def _write(folder: Path, count: int) -> None:
    log, dice = Log(folder / "log", HUB.key), Random(1)
    entries = [HUB.sign(write(ENROLMENT, (NAME, "lab", COLLECTOR.key, "2026"))), *_chain(count - 1)]
    at = 0
    while at < count:
        few = dice.randint(1, 300)
        log.append(entries[at : at + few], HUB)
        at += few
    (folder / "key").write_text(f"{HUB.key}\n")
    (folder / "collector").write_text(f"{COLLECTOR.key}\n")
    (folder / "entries").write_bytes(b"\0".join(entries))
    reader, lines = log.reader(), []
    for _ in range(PROOFS):
        size = dice.randint(2, count)
        index, old = dice.randrange(size), dice.randint(1, size)
        lines.append(_line("inclusion", index, size, reader.inclusion_path(index, size)))
        lines.append(_line("consistency", old, size, reader.consistency_path(old, size)))
    (folder / "proofs").write_text("".join(lines))


def _chain(count: int) -> list[bytes]:
    previous, notes = FIRST, []
    for sequence in range(1, count + 1):
        root = sequence.to_bytes(32, "big")
        seal = SegmentSeal(NAME, sequence, previous, "LZS1", 5, root, "2026", "2026")
        previous = seal.digest
        notes.append(COLLECTOR.sign(seal.text))
    return notes


def _line(kind: str, first: int, second: int, path: list[bytes]) -> str:
    return (
        " ".join([kind, str(first), str(second), *(base64.b64encode(one).decode() for one in path)])
        + "\n"
    )


if __name__ == "__main__":
    main()
