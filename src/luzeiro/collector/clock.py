"""What bounds the error of this machine's clock, and whether it was stepped.

Asked in this order: chrony (`chronyc -c tracking`), systemd-timesyncd (`timedatectl
timesync-status`), and the kernel (adjtimex(2)), which keeps the estimate of whichever daemon
disciplines it; its `maxerror` grows by itself while no daemon speaks, so it is a bound. A daemon's
own word counts first, for it holds also where the kernel is not told (chrony without `rtcsync`, or
in a container).

A clock that nothing bounds, or that was stepped a moment ago, makes sightings doubtful: they carry
`CLOCK_DOUBTFUL`, and no legal request may rest on them.
"""

import csv
import ctypes
import ctypes.util
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from luzeiro.observations.record import Clock

UNDISCIPLINED = Clock(None, "undisciplined")
STEPPED = "stepped"
_CHRONY_LOCAL = "7F7F0101"  # chrony.conf(5), local: its reference is this very clock
_STA_UNSYNC = 0x0040  # <sys/timex.h>
_TIME_ERROR = 5
_US_PER_S = 1_000_000
_ASK_EVERY_S = 16.0
_DAEMON_TIMEOUT_S = 0.5  # it is on this machine; observing waits for it
# A discipline may slew the clock by 500 ppm (adjtimex(2)), chrony by up to 100,000 ppm while it
# catches up (chrony.conf(5), maxslewrate): what moves it further than this was a step.
_SLEW = 0.1
_STEP_S = 0.1
HOLD_S = 300.0  # no link, and so no sighting in the making, lasts this long


class _Timex(ctypes.Structure):
    """struct timex as far as `maxerror` and `status`; the rest is room (adjtimex(2))."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),  # microseconds
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    )


def read_clock() -> Clock:
    """Say how wrong the clock can be, or that nothing disciplines it. Asks each time."""
    return (
        from_chrony(_told_by("chronyc", "-n", "-c", "tracking"))
        or from_timesyncd(_told_by("timedatectl", "timesync-status"))
        or _ask_kernel()
    )


def _ask_kernel() -> Clock:
    if not sys.platform.startswith("linux"):
        return UNDISCIPLINED
    libc = ctypes.CDLL(ctypes.util.find_library("c") or "libc.so.6", use_errno=True)
    timex = _Timex()  # modes = 0: read only
    state = libc.adjtimex(ctypes.byref(timex))
    return clock_from(state, timex.status, timex.maxerror)


def clock_from(state: int, status: int, maxerror_us: int) -> Clock:
    """Turn what the kernel says into a bound. `state` < 0: it would not say."""
    if state < 0 or state == _TIME_ERROR or status & _STA_UNSYNC:
        return UNDISCIPLINED
    return Clock(maxerror_us / _US_PER_S, "ntp (adjtimex)")


def from_chrony(tracking: str) -> Clock | None:
    """Read `chronyc -c tracking`; None where chrony has no source, or did not answer.

    The bound is the one that chronyc(1) gives: system time offset, root dispersion and half the
    root delay together.
    """
    for row in csv.reader(tracking.splitlines()):
        if len(row) < 14 or row[13] == "Not synchronised" or row[0] == _CHRONY_LOCAL:
            return None
        try:
            offset, delay, dispersion = (abs(float(row[column])) for column in (4, 10, 11))
        except ValueError:
            return None
        return Clock(offset + dispersion + delay / 2, "chrony")
    return None


def from_timesyncd(status: str) -> Clock | None:
    """Read `timedatectl timesync-status`; None where there is no answer from a server yet.

    The bound: the offset last found, half the delay to the server, and the root distance that the
    server gives (RFC 5905 section 10), and the jitter.
    """
    rows = (line.partition(":") for line in status.splitlines())
    told = {name.strip(): value.partition("(")[0].strip() for name, _, value in rows}
    try:
        offset, delay, distance, jitter = (
            _seconds(told[name]) for name in ("Offset", "Delay", "Root distance", "Jitter")
        )
    except (KeyError, ValueError):
        return None
    return Clock(abs(offset) + delay / 2 + distance + jitter, "systemd-timesyncd")


_SPAN = re.compile(r"([+-]?\d+(?:\.\d+)?)(us|ms|s|min|h)?$")
_UNITS_S = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, None: 1.0}


def _seconds(text: str) -> float:
    """Read a span as systemd writes it: "+1.5ms", "2min 3s", "0".

    Raises:
        ValueError: not a span.
    """
    total = 0.0
    for part in text.split() or [text]:
        matched = _SPAN.match(part)
        if matched is None:
            raise ValueError(f"{text!r} is no span of time")
        total += float(matched[1]) * _UNITS_S[matched[2]]
    return total


def _told_by(*command: str) -> str:
    try:
        ended = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            timeout=_DAEMON_TIMEOUT_S,
            env={**os.environ, "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ended.stdout if ended.returncode == 0 else ""


@dataclass(frozen=True, slots=True)
class Now:
    """One look at both clocks, in seconds."""

    utc_s: float
    monotonic_s: float  # goes on through a sleep of the machine


def look() -> Now:
    """Look at both clocks."""
    return Now(time.time(), time.clock_gettime(time.CLOCK_BOOTTIME))


class ClockWatch:
    """The clock's bound, asked for now and then, and every step that it makes.

    To be asked for each batch of sightings: a step since the last time is then seen before any
    sighting is recorded by the new time. Holds the bound for 16 s, and adds what the kernel would
    add to it meanwhile (500 ppm).
    """

    def __init__(
        self, ask: Callable[[], Clock] = read_clock, look_now: Callable[[], Now] = look
    ) -> None:
        self._ask, self._look = ask, look_now
        self._last: Now | None = None
        self._held, self._asked_at_s = UNDISCIPLINED, 0.0
        self._stepped_at_s: float | None = None

    def read(self) -> Clock:
        """The bound as of now; no bound and the source `stepped` for 300 s after a step."""
        now = self._look()
        if self._last is not None and _moved(self._last, now):
            self._stepped_at_s = now.monotonic_s
        if self._last is None or now.monotonic_s - self._asked_at_s >= _ASK_EVERY_S:
            self._held, self._asked_at_s = self._ask(), now.monotonic_s
        self._last = now
        if self._stepped_at_s is not None and now.monotonic_s - self._stepped_at_s < HOLD_S:
            return Clock(None, STEPPED)
        if self._held.error_s is None:
            return self._held
        grown = (now.monotonic_s - self._asked_at_s) * 500e-6
        return Clock(self._held.error_s + grown, self._held.source)


def _moved(before: Now, now: Now) -> bool:
    passed = now.monotonic_s - before.monotonic_s
    return abs((now.utc_s - before.utc_s) - passed) > _STEP_S + _SLEW * passed
