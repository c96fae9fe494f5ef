import subprocess
import sys
from pathlib import Path

import pytest

from luzeiro import __version__
from tests.cli.conftest import Luzeiro


def test_the_version_is_said(luzeiro: Luzeiro) -> None:
    assert luzeiro("--version").out == f"luzeiro {__version__}\n"


@pytest.mark.parametrize(
    "noun", [(), ("catalogue",), ("collect",), ("sightings",), ("tracker",), ("doctor",), ("init",)]
)
def test_every_noun_explains_itself(luzeiro: Luzeiro, noun: tuple[str, ...]) -> None:
    said = luzeiro(*noun, "--help")
    assert said.status == 0
    assert " ".join(("luzeiro", *noun)) in said.out


@pytest.mark.parametrize(
    "command",
    [
        ("catalogue", "list"),
        ("collect", "bittorrent", "--peer", "127.0.0.1:1"),
        ("sightings", "list"),
        ("sightings", "count"),
        ("tracker", "scrape", "udp://127.0.0.1:1"),
    ],
)
def test_without_a_home_each_command_says_how_to_make_one(
    luzeiro: Luzeiro, command: tuple[str, ...]
) -> None:
    said = luzeiro(*command)
    assert (said.status, said.out) == (2, "")
    assert "luzeiro init" in said.err
    assert "Traceback" not in said.err


def test_home_can_be_named_on_the_command_line(luzeiro: Luzeiro, tmp_path: Path) -> None:
    assert str(tmp_path / "there") in luzeiro("--home", tmp_path / "there", "init").out


def test_the_package_starts_as_a_module_too() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "luzeiro.cli.app", "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == f"luzeiro {__version__}\n"
