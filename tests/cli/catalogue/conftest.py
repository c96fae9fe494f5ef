import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.cli.conftest import Luzeiro

Rows = Callable[..., list[dict[str, Any]]]  # Any: of each column's type


@pytest.fixture(autouse=True)
def home(luzeiro: Luzeiro) -> None:
    """A home that is set up, for every command here."""
    luzeiro("init")


@pytest.fixture
def rows(luzeiro: Luzeiro) -> Rows:
    """What a command lists, read back."""

    def ask(*arguments: str) -> list[dict[str, Any]]:  # Any: as `Rows`
        said = luzeiro("catalogue", *arguments, "--output", "json")
        assert said.status == 0, said.err
        return [json.loads(line) for line in said.out.splitlines()]

    return ask
