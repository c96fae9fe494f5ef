"""A module fits in a head, a function on a screen."""

import ast
from pathlib import Path

import pytest

from tests.architecture.repository import ROOT, tracked

MODULE_LINES, FUNCTION_LINES = 500, 60
# Names that say nothing about what is inside.
SAYS_NOTHING = {"core", "utils", "util", "helpers", "helper", "manager", "data", "info", "misc"}
MODULES = [path for path in tracked() if path.suffix == ".py" and "migrations" not in path.parts]


@pytest.mark.parametrize("path", MODULES, ids=Path.as_posix)
def test_a_module_fits_in_a_head_and_a_function_on_a_screen(path: Path) -> None:
    text = (ROOT / path).read_text()
    assert len(text.splitlines()) <= MODULE_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            assert node.end_lineno - node.lineno < FUNCTION_LINES, node.name


def test_every_name_says_what_is_inside() -> None:
    assert not [path for path in MODULES if SAYS_NOTHING & {path.stem, *path.parent.parts}]
