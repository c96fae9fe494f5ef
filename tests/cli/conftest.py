import shutil
import subprocess
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


@pytest.fixture(autouse=True)
def forget_the_home() -> Iterator[None]:
    """Let no test find the home that an earlier one chose with --home."""
    yield
    home.choose_home(None)


@pytest.fixture(scope="session")
def made_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home as `luzeiro init` makes it: once, for it lays every room's tables."""
    path = tmp_path_factory.mktemp("made") / "home"
    command = [sys.executable, "-m", "luzeiro.cli.app", "--home", str(path), "init"]
    subprocess.run(command, check=True, capture_output=True)
    return path


@pytest.fixture
def luzeiro(bare_luzeiro: Luzeiro, tmp_path: Path, request: pytest.FixtureRequest) -> Luzeiro:
    """The same; its first `init` in its own home gives a copy of a home that was made before."""
    target = tmp_path / "home"

    def run(*arguments: str | Path) -> Said:
        if arguments == ("init",) and not target.exists():
            shutil.copytree(request.getfixturevalue("made_home"), target)
            return Said(0, f"{target} is ready.\n", "")
        return bare_luzeiro(*arguments)

    return run


@pytest.fixture
def bare_luzeiro(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Luzeiro:
    """Run the command as a person would, in a home of its own that is not set up yet."""
    monkeypatch.setenv(home.HOME_VARIABLE, str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str | Path) -> Said:
        monkeypatch.setattr(sys, "argv", ["luzeiro", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capfd.readouterr()
        return Said(int(ended.value.code or 0), told.out, told.err)

    return run
