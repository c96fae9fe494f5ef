import errno
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from itertools import pairwise
from pathlib import Path

import pytest

from luzeiro.collector import spool as spool_module
from luzeiro.collector.chain import Chain
from luzeiro.collector.spool import Spool, SpoolBusyError, SpoolFullError
from luzeiro.evidence import durable
from luzeiro.evidence.signer import Signer, open_note
from luzeiro.evidence.verifier.statements import SegmentSeal, read_seal
from luzeiro.observations.batch import from_table
from luzeiro.observations.record import Sighting
from luzeiro.observations.segment import note_of, read, waiting_in
from tests.observations.examples import sighting

MIB = 2**20


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 12 MiB."""
    mounted = tmp_path / "disk"
    mounted.mkdir()
    options = ["-t", "tmpfs", "-o", "size=12m", "tmpfs", str(mounted)]
    try:
        subprocess.run(["mount", *options], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a small file system can be mounted here by root only")
    yield mounted
    subprocess.run(["umount", str(mounted)], check=True)


def incompressible(number: int, size_bytes: int) -> Sighting:
    return sighting(number, exchange=os.urandom(size_bytes))


def test_a_sealed_batch_waits_and_reads_back(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    sealed = spool.seal([sighting(1), sighting(2)])
    assert spool.waiting() == [sealed]
    assert from_table(read(sealed)) == [sighting(1), sighting(2)]


def test_looking_at_a_spool_disturbs_no_collector(tmp_path: Path) -> None:
    at_work, onlooker = Spool(tmp_path), Spool(tmp_path)
    at_work.open()
    unfinished = tmp_path / "x.parquet.writing"
    unfinished.touch()
    assert onlooker.waiting() == []
    assert unfinished.exists()


def test_what_a_killed_collector_left_unfinished_is_removed(tmp_path: Path) -> None:
    (tmp_path / "x.parquet.writing").write_bytes(b"half")
    kept = Spool(tmp_path).seal([sighting(1)])
    assert {path.name for path in tmp_path.iterdir()} == {kept.name, "reserve", "lock"}


def test_two_collectors_do_not_share_a_spool(tmp_path: Path) -> None:
    first = Spool(tmp_path)
    first.open()
    with pytest.raises(SpoolBusyError, match="another collector"):
        Spool(tmp_path).seal([sighting(1)])
    first.close()
    Spool(tmp_path).seal([sighting(1)])


def test_a_disk_that_fills_up_loses_nothing(small_disk: Path) -> None:
    sealed: list[Sighting] = []
    with (
        closing(Spool(small_disk / "spool")) as spool,
        pytest.raises(SpoolFullError, match="Nothing is lost") as full,
    ):
        for number in range(100):
            sealed.append(incompressible(number, MIB))
            spool.seal(sealed[-1:])
    assert full.value.sealed in spool.waiting()
    kept = [one for path in spool.waiting() for one in from_table(read(path))]
    assert sorted(kept, key=lambda one: one.sighting_id) == sealed
    assert len(sealed) >= 4  # what fits beside the reserve, and one more


def test_a_disk_without_room_even_for_the_batch_says_so_and_keeps_the_rest(
    small_disk: Path,
) -> None:
    with closing(Spool(small_disk, reserve_bytes=MIB)) as spool:
        first = spool.seal([sighting(1)])
        with pytest.raises(SpoolFullError, match="could not be sealed") as full:
            spool.seal([incompressible(2, 20 * MIB)])
    assert full.value.sealed is None
    assert spool.waiting() == [first]


def test_a_full_disk_is_told_at_the_start(small_disk: Path) -> None:
    (small_disk / "other").write_bytes(bytes(10 * MIB))
    with pytest.raises(SpoolFullError, match="reserve"):
        Spool(small_disk / "spool").open()
    assert not (small_disk / "spool" / "reserve").exists()


def test_sealing_goes_on_and_the_reserve_comes_back_when_there_is_room_again(
    small_disk: Path,
) -> None:
    other = small_disk / "other"
    with closing(Spool(small_disk / "spool")) as spool:
        spool.open()
        other.write_bytes(bytes(4 * MIB - 64 * 1024))
        with pytest.raises(SpoolFullError):
            spool.seal([incompressible(1, MIB)])
        other.unlink()
        spool.seal([sighting(2)])
        assert len(spool.waiting()) == 2
    assert (small_disk / "spool" / "reserve").stat().st_size == 8 * MIB


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("failures", [1, 2])
def test_a_full_disk_met_at_the_sync_is_met_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, failures: int
) -> None:
    spool = Spool(tmp_path)
    spool.open()
    left = [OSError(code, os.strerror(code))] * failures
    really = durable.write_synced

    def write(path: Path, data: bytes) -> None:
        really(path, data[:10] if left else data)
        if left:
            raise left.pop()

    monkeypatch.setattr(spool_module, "write_synced", write)
    with pytest.raises(SpoolFullError) as full:
        spool.seal([sighting(1)])
    assert spool.waiting() == ([full.value.sealed] if failures == 1 else [])
    assert not (tmp_path / "reserve").exists()
    assert not list(tmp_path.glob("*.writing"))


def test_a_failing_disk_is_not_called_a_full_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path, _data: bytes) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))

    monkeypatch.setattr(spool_module, "write_synced", fail)
    with pytest.raises(OSError, match="Input/output error"):
        Spool(tmp_path).seal([sighting(1)])


SEALS_FOREVER = """
import sys
from pathlib import Path
from luzeiro.collector.spool import Spool
from tests.observations.examples import sighting
spool, number = Spool(Path(sys.argv[1])), 0
while True:
    number += 1
    spool.seal([sighting(number)])
    print(number, flush=True)
"""


def test_what_was_acknowledged_before_a_kill_is_there_after_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SEALS_FOREVER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as collector:
        assert collector.stdout is not None
        acknowledged = [int(collector.stdout.readline()) for _ in range(20)]
        collector.send_signal(signal.SIGKILL)
        acknowledged += map(int, collector.stdout.read().split())
    spool = Spool(tmp_path)
    spool.open()  # the lock went with the process
    kept = [
        one.sighting_id.int & 0xFFFF for path in spool.waiting() for one in from_table(read(path))
    ]
    assert set(acknowledged) <= set(kept)
    assert len(kept) == len(set(kept)) <= len(acknowledged) + 1


SIGNER = Signer("luzeiro/collector/one", b"c" * 32)


def chained(folder: Path) -> Spool:
    return Spool(folder, reserve_bytes=0, chain=Chain(folder, SIGNER, "one"))


def seals_in(folder: Path) -> list[SegmentSeal]:
    notes = [note_of(path.read_bytes()) or b"" for path in waiting_in(folder)]
    return sorted(
        (read_seal(open_note(note, SIGNER.key)) for note in notes), key=lambda seal: seal.sequence
    )


def assert_unbroken(seals: list[SegmentSeal], count: int) -> None:
    assert [seal.sequence for seal in seals] == list(range(1, count + 1))
    for before, after in pairwise(seals):
        assert after.previous == before.digest


def test_segments_are_signed_into_a_chain_that_a_restart_goes_on_with(tmp_path: Path) -> None:
    for number in range(4):
        with closing(chained(tmp_path)) as spool:
            spool.seal([sighting(number)])
    assert_unbroken(seals_in(tmp_path), 4)


STEPS = ("write_synced", "sync_folder", "keep", "replace")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_crash_at_any_step_leaves_the_chain_unbroken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, when: str
) -> None:
    with closing(chained(tmp_path)) as spool:
        spool.seal([sighting(1)])
    owner = {"keep": Chain, "replace": Path}.get(step, spool_module)
    really = getattr(owner, step)

    def crash(*arguments: object) -> object:
        if when == "after":
            really(*arguments)
        raise SystemExit

    with monkeypatch.context() as patched, closing(chained(tmp_path)) as spool:
        patched.setattr(owner, step, crash)
        with pytest.raises(SystemExit):
            spool.seal([sighting(2)])
    with closing(chained(tmp_path)) as spool:
        spool.seal([sighting(3)])
    seals = seals_in(tmp_path)
    assert_unbroken(seals, len(seals))
    assert len(seals) in (2, 3)


def test_what_was_sent_while_the_collector_was_down_is_not_counted_again(tmp_path: Path) -> None:
    with closing(chained(tmp_path)) as spool:
        spool.seal([sighting(1)]).unlink()  # the hub has it
    with closing(chained(tmp_path)) as spool:
        spool.seal([sighting(2)])
    (seal,) = seals_in(tmp_path)
    assert seal.sequence == 2


def test_a_full_disk_does_not_break_the_chain(small_disk: Path) -> None:
    folder = small_disk / "spool"
    spool = Spool(folder, reserve_bytes=MIB, chain=Chain(folder, SIGNER, "one"))
    other = small_disk / "other"
    with closing(spool):
        spool.open()
        spool.seal([sighting(1)])
        other.write_bytes(bytes(11 * MIB - 400 * 1024))
        for number in range(2, 5):
            with pytest.raises(SpoolFullError):
                spool.seal([incompressible(number, 3 * MIB)])
        with suppress(OSError), other.open("ab") as file:
            file.write(bytes(2 * MIB))  # now there is not even room for the reserve
        assert "Make room" in (spool.full() or "")
        other.unlink()
        assert spool.full() is None
        spool.seal([incompressible(9, 3 * MIB)])
    assert_unbroken(seals_in(folder), 2)


def test_a_spool_that_may_hold_no_more_says_so_until_the_hub_took_some(tmp_path: Path) -> None:
    with closing(Spool(tmp_path, reserve_bytes=0, limit_bytes=1)) as spool:
        assert spool.full() is None
        path = spool.seal([sighting(1)])
        assert "more than the 1" in (spool.full() or "")
        path.unlink()
        assert spool.full() is None
