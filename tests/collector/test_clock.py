from luzeiro.collector.clock import UNDISCIPLINED, clock_from, read_clock


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
