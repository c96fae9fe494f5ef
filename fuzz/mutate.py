"""A seeded mutation fuzzer: real messages, damaged, into one decoder.

A decoder gives a message or raises WireError, whatever it is fed, and is done within
`LIMIT_MS`. Anything else is a crash, kept whole so that it can become a vector. The same seed
and seeds give the same inputs, on any machine.
"""

import argparse
import re
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from random import Random

from luzeiro.networks.kit.errors import WireError

LIMIT_MS = 100.0
SIZE_LIMIT = 70_000  # bytes; more than the largest datagram
CRASHES_KEPT = 20

_DIGITS = re.compile(rb"[0-9]{1,20}")
_NUMBERS = (b"0", b"-1", b"1", b"00", b"19", b"21", b"255", b"65536", b"4294967295", b"9" * 30)
_BYTES = b"\x00\x01\x04\x05\x13\x14\x7f\x80\xffdlie0:-"
_NESTS = (b"l", b"d1:a", b"d0:", b"ld1:al", b"i", b"1:", b"\x00\x00\x00\x00", b"\xff")


@dataclass(frozen=True, slots=True)
class Crash:
    """An input that made the decoder do what it must not."""

    data: bytes
    what: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a run came to."""

    inputs: int
    seed: int
    accepted: int  # gave a message; the others gave WireError or are in `crashes`
    max_ms: float  # processor time of the slowest input, the best of three where it was slow
    slowest: bytes
    crashes: tuple[Crash, ...]

    @property
    def passed(self) -> bool:
        return not self.crashes and self.max_ms <= LIMIT_MS


def run(
    target: Callable[[bytes], object], seeds: Sequence[bytes], inputs: int, seed: int
) -> Report:
    """Feed `inputs` mutations of `seeds` to `target`, stopping early after many crashes."""
    random = Random(seed)
    clock = time.process_time_ns  # what an input costs, whoever else is busy on the machine
    done = accepted = slowest_ns = 0
    slowest, crashes = b"", list[Crash]()
    while done < inputs and len(crashes) < CRASHES_KEPT:
        data = mutate(seeds, random)
        done += 1
        began = clock()
        try:
            target(data)
            accepted += 1
        except WireError:
            pass
        except Exception as error:  # noqa: BLE001 - any other exception is what we look for
            crashes.append(Crash(data, f"{type(error).__name__}: {error}"))
        took = clock() - began
        if took > slowest_ns and (took := _time_again(target, data, took)) > slowest_ns:
            slowest_ns, slowest = took, data
    return Report(done, seed, accepted, slowest_ns / 1e6, slowest, tuple(crashes))


def _time_again(target: Callable[[bytes], object], data: bytes, took_ns: int) -> int:
    # A cache may have been cold, or the collector of garbage at work.
    best = took_ns
    for _ in range(2 if took_ns > 1_000_000 else 0):
        began = time.process_time_ns()
        with suppress(Exception):  # judged on the first call already
            target(data)
        best = min(best, time.process_time_ns() - began)
    return best


def mutate(seeds: Sequence[bytes], random: Random) -> bytes:
    """Damage one of `seeds` in one to six places."""
    data = bytearray(random.choice(seeds))
    for _ in range(1 + int(random.random() * random.random() * 6)):
        random.choice(_MUTATIONS)(data, seeds, random)
    return bytes(data[:SIZE_LIMIT])


def _place(data: bytearray, random: Random) -> int:
    return int(random.random() * (len(data) + 1))


def _flip_bit(data: bytearray, _: Sequence[bytes], random: Random) -> None:
    if data:
        data[int(random.random() * len(data))] ^= 1 << int(random.random() * 8)


def _set_byte(data: bytearray, _: Sequence[bytes], random: Random) -> None:
    if data:
        data[int(random.random() * len(data))] = random.choice(_BYTES)


def _insert(data: bytearray, _: Sequence[bytes], random: Random) -> None:
    at = _place(data, random)
    data[at:at] = random.randbytes(1 + int(random.random() * 8))


def _cut_out(data: bytearray, _: Sequence[bytes], random: Random) -> None:
    at = _place(data, random)
    del data[at : at + 1 + int(random.random() * 30)]


def _cut_short(data: bytearray, _: Sequence[bytes], random: Random) -> None:
    del data[_place(data, random) :]


def _repeat(data: bytearray, _: Sequence[bytes], random: Random) -> None:
    at = _place(data, random)
    piece = data[at : at + 1 + int(random.random() * 40)]
    data[at:at] = piece * (1 + int(random.random() * 4))


def _splice(data: bytearray, seeds: Sequence[bytes], random: Random) -> None:
    other = random.choice(seeds)
    at, start = _place(data, random), int(random.random() * (len(other) + 1))
    data[at : at + int(random.random() * 30)] = other[start : start + int(random.random() * 60)]


def _change_number(data: bytearray, _: Sequence[bytes], random: Random) -> None:
    """Change a number in decimal: in bencoding, a length, or where a string ends."""
    match = _DIGITS.search(data, _place(data, random)) or _DIGITS.search(data)
    if match is not None:
        nearby = b"%d" % max(0, int(match[0]) + random.choice((-1, 1)))
        changed = nearby if random.random() < 0.5 else random.choice(_NUMBERS)
        data[match.start() : match.end()] = changed


def _change_word(data: bytearray, _: Sequence[bytes], random: Random) -> None:
    """Change a 32-bit word: in the peer wire, a length or an index."""
    if len(data) >= 4:
        at = int(random.random() * (len(data) - 3))
        word = int.from_bytes(data[at : at + 4], "big")
        choices = (0, 1, word + 1, word - 1, 2**31, 2**32 - 1, random.getrandbits(17))
        data[at : at + 4] = (random.choice(choices) % 2**32).to_bytes(4, "big")


def _nest(data: bytearray, _: Sequence[bytes], random: Random) -> None:
    """Open many levels, or repeat one small thing: few bytes most times, rarely very many."""
    at, count = _place(data, random), 1 + int(random.random() * 40)
    if random.random() < 0.002:
        count = SIZE_LIMIT // 4
    data[at:at] = random.choice(_NESTS) * count


_MUTATIONS: tuple[Callable[[bytearray, Sequence[bytes], Random], None], ...] = (
    *(_flip_bit, _set_byte, _insert, _cut_out, _cut_short, _repeat),
    *(_splice, _change_number, _change_number, _change_word, _nest),
)


def main(name: str, target: Callable[[bytes], object], seeds: Sequence[bytes]) -> None:
    """Run one fuzz target from the command line; exit status 1 where it failed."""
    parser = argparse.ArgumentParser(description=f"Fuzz {name} with damaged real messages.")
    parser.add_argument("--inputs", type=int, default=2_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    report = run(target, seeds, options.inputs, options.seed)
    print(
        f"{name}: {report.inputs:,} inputs from {len(seeds)} vectors, seed {report.seed}: "
        f"{report.accepted:,} accepted, {len(report.crashes)} crashes, "
        f"slowest {report.max_ms:.2f} ms (limit {LIMIT_MS:.0f})"
    )
    for crash in report.crashes:
        print(f"crash: {crash.what}\n  input: {crash.data[:2000].hex()}")
    if report.max_ms > LIMIT_MS:
        print(f"too slow: {report.slowest[:2000].hex()}")
    sys.exit(0 if report.passed else 1)
