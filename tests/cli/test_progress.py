import pytest

from luzeiro.cli.progress import bar


def test_a_bar_stays_away_where_nobody_watches(capfd: pytest.CaptureFixture[str]) -> None:
    with bar("moving", 10) as step:
        step(4)
    told = capfd.readouterr()
    assert (told.out, told.err) == ("", "")
