import pytest

from luzeiro.collector.clock import (
    HOLD_S,
    STEPPED,
    UNDISCIPLINED,
    ClockWatch,
    Now,
    clock_from,
    from_chrony,
    from_timesyncd,
    read_clock,
)
from luzeiro.observations.record import Clock

# chronyc -n -c tracking, chrony 4.3: the fields as chronyc(1) lists them.
TRACKING = (
    "C0000201,192.0.2.1,3,1795667237.099694464,0.000012345,-0.000010000,0.000020000,"
    "1.234,0.001,0.050,0.020000000,0.001500000,64.5,Normal"
)
# What chronyd 4.3 says with `local stratum 8` and no source: its reference is this very clock.
LOCAL = (
    "7F7F0101,,8,1795667237.099694464,0.000000000,0.000000000,0.000000000,0.000,0.000,0.000,"
    "0.000000000,0.000000000,0.0,Normal"
)
TIMESYNC_STATUS = """\
       Server: 192.0.2.1 (ntp.example)
Poll interval: 34min 8s (min: 32s; max 34min 8s)
         Leap: normal
      Version: 4
      Stratum: 2
    Reference: C0000201
    Precision: 1us (-25)
Root distance: 14.351ms (max: 5s)
       Offset: -1.144ms
        Delay: 79.293ms
       Jitter: 947us
 Packet count: 18
    Frequency: +12.345ppm
"""


def test_the_kernels_bound_is_given_in_seconds() -> None:
    assert clock_from(0, 0x2001, 12_500).error_s == 0.0125


def test_an_unsynchronised_clock_has_no_bound() -> None:
    assert clock_from(5, 0, 16_000_000) == UNDISCIPLINED
    assert clock_from(0, 0x0040, 10) == UNDISCIPLINED
    assert clock_from(-1, 0, 0) == UNDISCIPLINED
    assert UNDISCIPLINED.error_s is None


def test_this_machine_gives_a_bound_or_says_that_it_has_none() -> None:
    clock = read_clock()
    assert (clock.error_s is None) == (clock.source == "undisciplined")
    assert clock.error_s is None or clock.error_s > 0


def test_chronys_bound_is_offset_dispersion_and_half_the_delay() -> None:
    clock = from_chrony(TRACKING)
    assert clock is not None
    assert clock.source == "chrony"
    assert clock.error_s == pytest.approx(0.000012345 + 0.0015 + 0.01)


@pytest.mark.parametrize(
    "told",
    ["", "506 Cannot talk to daemon", LOCAL, TRACKING.replace("Normal", "Not synchronised"),
     TRACKING.replace("0.020000000", "x")],
)  # fmt: skip
def test_a_chrony_without_a_source_bounds_nothing(told: str) -> None:
    assert from_chrony(told) is None


def test_timesyncds_bound_is_offset_half_the_delay_distance_and_jitter() -> None:
    clock = from_timesyncd(TIMESYNC_STATUS)
    assert clock is not None
    assert clock.source == "systemd-timesyncd"
    assert clock.error_s == pytest.approx(0.001144 + 0.079293 / 2 + 0.014351 + 0.000947)


@pytest.mark.parametrize("gone", ["Offset", "Delay", "Root distance", "Jitter"])
def test_a_timesyncd_that_has_no_answer_yet_bounds_nothing(gone: str) -> None:
    assert from_timesyncd(TIMESYNC_STATUS.replace(gone, "Something")) is None
    assert from_timesyncd(TIMESYNC_STATUS.replace("79.293ms", "n/a")) is None


class Clocks:
    """Both clocks of a machine, set by a test."""

    def __init__(self) -> None:
        self.utc_s, self.monotonic_s, self.asked = 1000.0, 5.0, 0
        self.told = Clock(0.01, "chrony")

    def look(self) -> Now:
        return Now(self.utc_s, self.monotonic_s)

    def ask(self) -> Clock:
        self.asked += 1
        return self.told

    def pass_(self, seconds: float, *, step: float = 0.0) -> None:
        self.utc_s += seconds + step
        self.monotonic_s += seconds


def test_the_bound_is_asked_for_now_and_then_and_grows_meanwhile() -> None:
    clocks = Clocks()
    watch = ClockWatch(clocks.ask, clocks.look)
    assert watch.read() == Clock(0.01, "chrony")
    clocks.pass_(10)
    assert watch.read().error_s == pytest.approx(0.015)
    assert clocks.asked == 1
    clocks.pass_(7)
    assert watch.read().error_s == pytest.approx(0.01)
    assert clocks.asked == 2


@pytest.mark.parametrize("step", [3600.0, -3600.0, 0.6, -0.6])
def test_a_step_leaves_no_bound_until_no_sighting_can_be_older_than_it(step: float) -> None:
    clocks = Clocks()
    watch = ClockWatch(clocks.ask, clocks.look)
    watch.read()
    clocks.pass_(1.0, step=step)
    assert watch.read() == Clock(None, STEPPED)
    clocks.pass_(HOLD_S - 1)
    assert watch.read().source == STEPPED
    clocks.pass_(2)
    assert watch.read().source == "chrony"


def test_a_clock_that_is_slewed_was_not_stepped() -> None:
    clocks = Clocks()
    watch = ClockWatch(clocks.ask, clocks.look)
    watch.read()
    for _ in range(50):
        clocks.pass_(1.0, step=0.09)
        assert watch.read().source == "chrony"


def test_an_undisciplined_clock_has_no_bound_however_long_one_waits() -> None:
    clocks = Clocks()
    clocks.told = UNDISCIPLINED
    watch = ClockWatch(clocks.ask, clocks.look)
    for _ in range(3):
        assert watch.read() == UNDISCIPLINED
        clocks.pass_(20)
