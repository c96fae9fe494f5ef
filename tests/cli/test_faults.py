import errno

import pytest

from luzeiro.cli.faults import explain
from luzeiro.networks.kit.errors import WireError


def test_a_broken_protocol_is_told_as_what_where_and_which_specification() -> None:
    assert explain(WireError("cut short", at=3, spec="BEP 3")) == "cut short, at byte 3 (BEP 3)"


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.ENOSPC, "x: the disk is full: make room and run the command again"),
        (errno.EACCES, "x: this account may not: check who owns the folder"),
        (errno.EROFS, "x: the file system is read-only"),
    ],
)
def test_a_failing_disk_is_told_with_what_to_do(number: int, told: str) -> None:
    assert explain(OSError(number, "system's words", "x")) == told


@pytest.mark.parametrize("error", [ValueError("ours"), OSError(errno.EBADF, "ours"), KeyError(1)])
def test_a_fault_of_ours_keeps_its_traceback(error: Exception) -> None:
    assert explain(error) is None
