"""A thousand random single-bit changes over every file of a package: each must be found and named::

python -m lab.evidence.tampering [--changes 1000]
"""

import argparse
import random
import sys
import tempfile
import zipfile
from collections import Counter
from io import BytesIO
from pathlib import Path

from luzeiro.evidence.verifier.examine import examine
from luzeiro.evidence.verifier.proofs import Trust
from tests.evidence.hubs import package_of_everything


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=1000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        package = package_of_everything(Path(folder))
    if examine(package, Trust())[0].failed():
        sys.exit("the package does not hold before it was changed")
    dice, missed, unnamed, found = random.Random(), list[int](), list[int](), Counter[str]()
    places = _places(package)
    for number in range(options.changes):
        # Every file in turn, and between them the container's own bytes.
        name, start, end = places[number % len(places)]
        bit = dice.randrange(8 * start, 8 * end)
        changed = bytearray(package)
        changed[bit // 8] ^= 1 << bit % 8
        failed = examine(bytes(changed), Trust())[0].failed()
        if not failed:
            missed.append(bit)
        elif not any(name in one.told for one in failed):
            unnamed.append(bit)
        found[name] += bool(failed)
    print(f"{options.changes} changes of one bit over {len(places)} places: {len(missed)} missed, ")
    print(f"{len(unnamed)} found without the name of the file: {unnamed[:5]}")
    sys.exit(1 if missed or unnamed else 0)


def _places(package: bytes) -> list[tuple[str, int, int]]:
    """Each file's place in the container, and what is before and after all of them."""
    found, at = [], 0
    for name, content_at, size in _contents(package):
        found.append((name, content_at, content_at + max(1, size)))
        found.append((name, at, content_at))  # its header
        at = content_at + size
    return [*found, ("directory", at, len(package))]


def _contents(package: bytes) -> list[tuple[str, int, int]]:
    with zipfile.ZipFile(BytesIO(package)) as archive:
        return [
            (one.filename, one.header_offset + 30 + len(one.filename.encode()), one.file_size)
            for one in archive.infolist()
        ]


if __name__ == "__main__":
    main()
