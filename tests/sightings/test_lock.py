import os
import subprocess
import sys
from pathlib import Path

import pytest

from luzeiro.sightings.lock import store_lock
from luzeiro.sightings.store import StoreBusyError

HOLDS = """
import sys
from pathlib import Path
from luzeiro.sightings.lock import store_lock
with store_lock(Path(sys.argv[1]), wait_s=0):
    print("held", flush=True)
    sys.stdin.read(1)
"""


def holder(path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_holder_is_told_who_the_first_is(tmp_path: Path) -> None:
    with holder(tmp_path / "lock") as first:
        with (
            pytest.raises(StoreBusyError, match=f"in use by process {first.pid}"),
            store_lock(tmp_path / "lock", wait_s=0.1),
        ):
            pass
        first.kill()


def test_the_lock_goes_with_a_killed_holder(tmp_path: Path) -> None:
    with holder(tmp_path / "lock") as first:
        first.kill()
        first.wait()
    with store_lock(tmp_path / "lock", wait_s=0):
        assert int((tmp_path / "lock").read_text()) == os.getpid()


def test_whoever_waits_gets_it_when_it_is_free(tmp_path: Path) -> None:
    with holder(tmp_path / "lock") as first:
        assert first.stdin is not None
        first.stdin.write("x")
        first.stdin.close()
        with store_lock(tmp_path / "lock", wait_s=30):
            pass


def test_the_lock_can_be_held_again_and_two_holders_of_one_process_exclude_each_other(
    tmp_path: Path,
) -> None:
    for _ in range(2):
        with (
            store_lock(tmp_path / "lock", wait_s=0),
            pytest.raises(StoreBusyError),
            store_lock(tmp_path / "lock", wait_s=0),
        ):
            pass
