"""A disk that loses power: a file system (FUSE) that keeps for sure only what was synced.

What was written and not synced is kept or dropped by chance when the power goes, file by file and
folder by folder, as on a real disk whose cache is lost. A file whose bytes were not synced may keep
a part of them. Needs /dev/fuse and libfuse 3 (or 2), and root::

    python -m lab.evidence.powercut [--cuts 50]
"""

import argparse
import errno
import os
import pickle
import random
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import mfusepy

from lab.evidence.collecting import accounted, acknowledged_by, collect, forked

_MOUNT_WITHIN_S = 120.0
_CUT = "/.power-cut"  # making this folder cuts the power


@dataclass(eq=False, slots=True)
class File:
    """Bytes as programs see them, and as they are on the platter."""

    held: bytearray = field(default_factory=bytearray)
    synced: bytes | None = None  # None: never synced
    mode: int = stat.S_IFREG | 0o600


@dataclass(eq=False, slots=True)
class Folder:
    """Names as programs see them, and as they are on the platter."""

    held: "dict[str, File | Folder]" = field(default_factory=dict)
    synced: "dict[str, File | Folder]" = field(default_factory=dict)
    mode: int = stat.S_IFDIR | 0o700


def after_the_cut(folder: Folder, dice: random.Random) -> Folder:
    """What is on the disk when the power is back."""
    names = folder.held if dice.random() < 0.5 else folder.synced
    return Folder(*(2 * ({name: _kept(node, dice) for name, node in names.items()},)))


def _kept(node: File | Folder, dice: random.Random) -> File | Folder:
    if isinstance(node, Folder):
        return after_the_cut(node, dice)
    fate = dice.random()
    if node.synced is not None and (fate < 0.5 or node.synced == node.held):
        kept = node.synced
    elif fate < 0.75:
        kept = bytes(node.held)
    else:
        kept = bytes(node.held[: dice.randint(0, len(node.held))])  # torn
    return File(bytearray(kept), kept, node.mode)


class FragileDisk(mfusepy.Operations):  # type: ignore[misc]  # the library has no types
    """The file system; all of it in memory."""

    use_ns = True

    def __init__(self, platter: Path) -> None:
        """Begin with what is on the platter, a file of ours; an empty disk where there is none."""
        self._platter, self._opened, self._next = platter, dict[int, File](), 1
        self.root = pickle.loads(platter.read_bytes()) if platter.exists() else Folder()

    def _at(self, path: str) -> File | Folder:
        node: File | Folder = self.root
        for name in filter(None, path.split("/")):
            if not isinstance(node, Folder) or name not in node.held:
                raise mfusepy.FuseOSError(errno.ENOENT)
            node = node.held[name]
        return node

    def _folder_of(self, path: str) -> tuple[Folder, str]:
        above, _, name = path.rpartition("/")
        folder = self._at(above)
        assert isinstance(folder, Folder)
        return folder, name

    def getattr(self, path: str, fh: int | None = None) -> dict[str, Any]:  # noqa: ARG002 - FUSE's own
        node = self._at(path)
        size = len(node.held) if isinstance(node, File) else 0
        return {"st_mode": node.mode, "st_size": size, "st_nlink": 1, "st_uid": 0, "st_gid": 0}

    def readdir(self, path: str, fh: int) -> list[str]:  # noqa: ARG002
        folder = self._at(path)
        return [".", "..", *folder.held]

    def create(self, path: str, mode: int, fi: object = None) -> int:  # noqa: ARG002
        folder, name = self._folder_of(path)
        folder.held[name] = File(mode=stat.S_IFREG | (mode & 0o777))
        return self.open(path, 0)

    def open(self, path: str, flags: int) -> int:
        node = self._at(path)
        assert isinstance(node, File)
        if flags & os.O_TRUNC:
            node.held.clear()
        self._next += 1
        self._opened[self._next] = node
        return self._next

    def release(self, path: str, fh: int) -> int:  # noqa: ARG002
        self._opened.pop(fh, None)
        return 0

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:  # noqa: ARG002
        return bytes(self._opened[fh].held[offset : offset + size])

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:  # noqa: ARG002
        held = self._opened[fh].held
        held.extend(bytes(max(0, offset - len(held))))
        held[offset : offset + len(data)] = data
        return len(data)

    def truncate(self, path: str, length: int, fh: int | None = None) -> int:  # noqa: ARG002
        node = self._at(path)
        assert isinstance(node, File)
        del node.held[length:]
        node.held.extend(bytes(length - len(node.held)))
        return 0

    def fsync(self, path: str, datasync: int, fh: int) -> int:  # noqa: ARG002
        node = self._opened[fh]
        node.synced = bytes(node.held)
        return 0

    def fsyncdir(self, path: str, datasync: int, fh: int) -> int:  # noqa: ARG002
        folder = self._at(path)
        assert isinstance(folder, Folder)
        folder.synced = dict(folder.held)
        return 0

    def mkdir(self, path: str, mode: int) -> int:
        if path == _CUT:
            self._platter.write_bytes(pickle.dumps(after_the_cut(self.root, random.Random())))
            os._exit(0)
        folder, name = self._folder_of(path)
        folder.held[name] = Folder(mode=stat.S_IFDIR | (mode & 0o777))
        return 0

    def unlink(self, path: str) -> int:
        folder, name = self._folder_of(path)
        del folder.held[name]
        return 0

    rmdir = unlink

    def rename(self, old: str, new: str) -> int:
        (source, old_name), (target, new_name) = self._folder_of(old), self._folder_of(new)
        target.held[new_name] = source.held.pop(old_name)
        return 0

    def link(self, target: str, source: str) -> int:
        folder, name = self._folder_of(target)
        folder.held[name] = self._at(source)
        return 0

    def statfs(self, path: str) -> dict[str, int]:  # noqa: ARG002
        return {"f_bsize": 4096, "f_blocks": 1 << 20, "f_bavail": 1 << 20, "f_bfree": 1 << 20}

    def chmod(self, path: str, mode: int) -> int:
        self._at(path).mode = mode
        return 0

    def utimens(self, path: str, times: object = None) -> int:  # noqa: ARG002
        return 0


def serve(disk: Path, mount: Path) -> None:
    """Be the file system until the power goes; what is on the platter then is kept in a file."""
    mfusepy.FUSE(FragileDisk(disk), str(mount), foreground=True, nothreads=True, allow_other=False)


class Power:
    """A mounted fragile disk, whose power can be cut."""

    def __init__(self, folder: Path) -> None:
        self._disk, self.mount, self._served = folder / "platter", folder / "disk", 0
        self.mount.mkdir()

    def on(self) -> None:
        served = ("--serve", str(self._disk), str(self.mount))
        command = [sys.executable, "-m", "lab.evidence.powercut", *served]
        self._process = subprocess.Popen(command)
        until = time.monotonic() + _MOUNT_WITHIN_S
        while not os.path.ismount(self.mount):
            if time.monotonic() > until or self._process.poll() is not None:
                raise RuntimeError("the file system could not be mounted: is there /dev/fuse?")
            time.sleep(0.01)

    def cut(self) -> None:
        """Drop what was not synced; whoever has the disk open meets errors from now on."""
        with suppress(OSError):
            (self.mount / _CUT.removeprefix("/")).mkdir()
        self._process.wait(20)

    def off(self) -> None:
        """Take the dead disk away, once nobody is left who would write to what lies under it."""
        subprocess.run(["umount", "-l", str(self.mount)], check=False, capture_output=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cuts", type=int, default=50)
    parser.add_argument("--serve", nargs=2, type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(*options.serve)
        return
    folder = Path(tempfile.mkdtemp(prefix="luzeiro-power-"))
    power, dice, acknowledged = Power(folder), random.Random(), set[bytes]()
    began = time.monotonic()
    try:
        for cuts in range(options.cuts):
            power.on()
            acknowledged |= cut_after(power, cuts, dice.uniform(0.5, 3.0))
            if cuts % 10 == 9:
                print(f"{cuts + 1} power cuts, {len(acknowledged)} acknowledged", flush=True)
        power.on()
        account = accounted(power.mount / "home", acknowledged)
        power.cut()
        power.off()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{options.cuts} power cuts in {time.monotonic() - began:.0f} s: {account}")
    sys.exit(0 if account.clean else 1)


def cut_after(power: Power, seed: int, seconds: float) -> set[bytes]:
    """Collect that long on the disk, cut its power, and give what was acknowledged by then."""
    read, write = os.pipe()
    child = forked(partial(collect, power.mount / "home", seed, write), keep=1)
    os.close(write)
    try:
        return acknowledged_by(
            child, read, seconds, from_start=seed % 5 == 0, before_the_end=power.cut
        )
    finally:
        power.off()


if __name__ == "__main__":
    main()
