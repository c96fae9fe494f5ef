from pathlib import Path

import pytest

from luzeiro.sightings.driver.http import RefusedError, UnreachableError, _refused, post


def test_a_server_that_is_not_there_is_unreachable() -> None:
    with (
        pytest.raises(UnreachableError, match="127"),
        post(
            "http://127.0.0.1:9", {}, b"SELECT 1", user="x", password="", ca_file=None, patience_s=1
        ),
    ):
        pytest.fail("it answered")


def test_a_certificate_that_nobody_vouches_for_needs_its_file() -> None:
    with (
        pytest.raises(FileNotFoundError),
        post(
            "https://127.0.0.1:9", {}, b"", user="x", password="", ca_file=Path("/none"),
            patience_s=1,
        ),
    ):  # fmt: skip
        pytest.fail("it answered")


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ("Code: 279. DB::Exception: All connection tries failed\nmore", 279),
        ("Code: 60, e.displayText() = DB::Exception: no such table", 60),
        ("something else", 0),
        ("", 0),
    ],
)
def test_a_refusal_keeps_its_code_and_its_first_line(told: str, code: int) -> None:
    refused: RefusedError = _refused(told)
    assert refused.code == code
    assert "\n" not in str(refused)
