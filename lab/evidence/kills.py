"""Kill -9 at random instants of collecting under load; then everything acknowledged is looked for::

python -m lab.evidence.kills [--kills 200] [--sightings 1000000]
"""

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from lab.evidence.collecting import accounted, acknowledged_by, collect, forked


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument(
        "--sightings", type=int, default=1_000_000, help="acknowledged in all, at least"
    )
    options = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="luzeiro-kills-"))
    dice, acknowledged, kills, began = random.Random(), set[bytes](), 0, time.monotonic()
    try:
        while kills < options.kills or len(acknowledged) < options.sightings:
            wanted = (options.sightings - len(acknowledged)) / max(1, options.kills - kills)
            rate = max(1.0, len(acknowledged) / (time.monotonic() - began))  # all told, starts too
            mean_s = min(5.0, max(0.3, wanted / rate))
            seconds = dice.expovariate(1 / mean_s)
            acknowledged |= killed_after(home, kills, min(seconds, 4 * mean_s))
            kills += 1
            if kills % 20 == 0:
                print(f"{kills} kills, {len(acknowledged)} acknowledged", flush=True)
        account = accounted(home, acknowledged)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    print(f"{kills} kills in {time.monotonic() - began:.0f} s: {account}")
    sys.exit(0 if account.clean else 1)


def killed_after(home: Path, seed: int, seconds: float) -> set[bytes]:
    """Collect that long, kill, and give what was acknowledged."""
    read, write = os.pipe()
    child = forked(partial(collect, home, seed, write), keep=1)
    os.close(write)
    # One in five is killed at any instant from its start on: while it recovers from the last one.
    return acknowledged_by(child, read, seconds, from_start=seed % 5 == 0)


if __name__ == "__main__":
    main()
