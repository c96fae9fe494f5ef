"""Random files for the eD2k lab: their hashes, and what aMule keeps of a part of one."""

import subprocess
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from random import Random

from lab.children import ChildError

PART_BYTES = 9_728_000
_MET_VERSION = 0xE0
_HASH_BYTES = 16
_STRING, _UINT32 = 2, 3
_NAME, _SIZE, _STATUS, _PART_FILE = 0x01, 0x02, 0x14, 0x12
_GAP_START, _GAP_END = b"\x09", b"\x0a"
_PAUSED = 1


@dataclass(frozen=True, slots=True)
class LabEd2kFile:
    """One random file, known by its eD2k hash."""

    path: Path
    size_bytes: int
    digest: bytes  # 16 bytes
    part_digests: tuple[bytes, ...]

    @property
    def link(self) -> str:
        return f"ed2k://|file|{self.path.name}|{self.size_bytes}|{self.digest.hex()}|/"

    def completeness(self, held: Collection[int]) -> float:
        """Which share of the parts is held, in per cent."""
        return 100.0 * len(held) / len(self.part_digests)


def make_file(path: Path, size_bytes: int, random: Random) -> LabEd2kFile:
    """Write random bytes and hash them: MD4 of each part, then MD4 of these (eD2k).

    Raises:
        ChildError: this machine's openssl has no MD4.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    content = random.randbytes(size_bytes)
    path.write_bytes(content)
    parts = tuple(
        _md4(content[start : start + PART_BYTES]) for start in range(0, size_bytes, PART_BYTES)
    )
    assert size_bytes % PART_BYTES, (
        "a size that is no multiple of a part is the same to all clients"
    )
    digest = parts[0] if len(parts) == 1 else _md4(b"".join(parts))
    return LabEd2kFile(path, size_bytes, digest, parts)


def write_part(file: LabEd2kFile, held: Collection[int], temp: Path) -> None:
    """Write what aMule keeps of an unfinished download that was paused: 001.part, 001.part.met."""
    whole = file.path.read_bytes()
    with (temp / "001.part").open("wb") as part:
        part.truncate(file.size_bytes)
        for number in held:
            part.seek(number * PART_BYTES)
            part.write(whole[number * PART_BYTES : (number + 1) * PART_BYTES])
    changed_at = int((temp / "001.part").stat().st_mtime)
    tags = [
        _tag(bytes([_NAME]), file.path.name.encode()),
        _tag(bytes([_SIZE]), file.size_bytes),
        _tag(bytes([_PART_FILE]), b"001.part"),
        _tag(bytes([_STATUS]), _PAUSED),
    ]
    for number, (start, end) in enumerate(_gaps(file, held)):
        tags += [
            _tag(_GAP_START + b"%d" % number, start),
            _tag(_GAP_END + b"%d" % number, end),
        ]
    hashes = len(file.part_digests).to_bytes(2, "little") + b"".join(file.part_digests)
    (temp / "001.part.met").write_bytes(
        bytes([_MET_VERSION])
        + changed_at.to_bytes(4, "little")
        + file.digest
        + hashes
        + len(tags).to_bytes(4, "little")
        + b"".join(tags)
    )


def _gaps(file: LabEd2kFile, held: Collection[int]) -> list[tuple[int, int]]:
    """What is missing, as runs of bytes; the end is exclusive."""
    missing = [number for number in range(len(file.part_digests)) if number not in held]
    return [
        (number * PART_BYTES, min((number + 1) * PART_BYTES, file.size_bytes)) for number in missing
    ]


def _tag(name: bytes, value: int | bytes) -> bytes:
    head = len(name).to_bytes(2, "little") + name
    if isinstance(value, int):
        return bytes([_UINT32]) + head + value.to_bytes(4, "little")
    return bytes([_STRING]) + head + len(value).to_bytes(2, "little") + value


def _md4(data: bytes) -> bytes:
    command = ["openssl", "dgst", "-provider", "legacy", "-md4", "-binary"]
    try:
        done = subprocess.run(command, input=data, capture_output=True, check=False)
    except OSError as error:
        raise ChildError(f"openssl: {error.strerror}. Install it.") from error
    if done.returncode or len(done.stdout) != _HASH_BYTES:
        raise ChildError(f"openssl has no MD4: {done.stderr.decode().strip()}")
    return done.stdout
