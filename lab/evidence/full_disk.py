"""A small disk that fills up under load, and has room again: what was acknowledged is all there::

python -m lab.evidence.full_disk        (as root: it mounts a file system of 24 MiB)
"""

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path

from lab.evidence.collecting import accounted, acknowledged_by, collect, forked

SIZE_MIB = 24
WITHIN_S = 60.0
_FULL_FOR_S = 8.0


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    folder = Path(tempfile.mkdtemp(prefix="luzeiro-full-"))
    disk = folder / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MIB}m", "tmpfs", str(disk)]
    subprocess.run(mount, check=True)
    try:
        acknowledged, resumed_s = _fill_and_make_room(disk)
        account = accounted(disk / "home", acknowledged)
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)
        shutil.rmtree(folder, ignore_errors=True)
    print(f"observing again {resumed_s:.1f} s after there was room: {account}")
    sys.exit(0 if account.clean and resumed_s <= WITHIN_S else 1)


def _fill_and_make_room(disk: Path) -> tuple[set[bytes], float]:
    """Collect; fill the disk; leave it full for a while; make room, and wait for a new segment."""
    read, write = os.pipe()
    child = forked(partial(collect, disk / "home", 1, write), keep=1)
    os.close(write)
    roomy_at, sealed_at = list[float](), list[float]()

    def steer() -> None:
        head = disk / "home/spool/chain.json"
        while not head.exists():
            time.sleep(0.05)
        time.sleep(2)
        other = disk / "other"
        with contextlib.suppress(OSError), other.open("wb", buffering=0) as file:
            while True:  # until it is full
                file.write(bytes(4096))
        time.sleep(_FULL_FOR_S)
        # What comes after this instant is of the time after the disk had room again.
        other.unlink()
        roomy_at.append(time.monotonic())
        before = head.read_bytes()
        while head.read_bytes() == before and time.monotonic() < roomy_at[0] + WITHIN_S:
            time.sleep(0.05)
        sealed_at.append(time.monotonic())

    steering = threading.Thread(target=steer)
    steering.start()
    acknowledged = acknowledged_by(child, read, _FULL_FOR_S + 30)
    steering.join()
    return acknowledged, sealed_at[0] - roomy_at[0]


if __name__ == "__main__":
    main()
