import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from luzeiro.cli import home
from luzeiro.cli.app import main


@dataclass(frozen=True, slots=True)
class Said:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str


Luzeiro = Callable[..., Said]


@pytest.fixture
def luzeiro(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Luzeiro]:
    """Run the command as a person would, in a home of its own that is not set up yet."""
    monkeypatch.setenv(home.HOME_VARIABLE, str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str | Path) -> Said:
        monkeypatch.setattr(sys, "argv", ["luzeiro", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capfd.readouterr()
        return Said(int(ended.value.code or 0), told.out, told.err)

    yield run
    home.choose_home(None)
