"""What bounds the error of this machine's clock: the kernel's own account of it.

Linux keeps the estimate of whichever daemon disciplines the clock (chrony, systemd-timesyncd,
ntpd); adjtimex(2) reads it. `maxerror` grows by itself while no daemon speaks, so it is a bound.
"""

import ctypes
import ctypes.util
import sys

from luzeiro.observations.record import Clock

UNDISCIPLINED = Clock(None, "undisciplined")
_STA_UNSYNC = 0x0040  # <sys/timex.h>
_TIME_ERROR = 5
_US_PER_S = 1_000_000


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
    """Say how wrong the clock can be, or that nothing disciplines it."""
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
