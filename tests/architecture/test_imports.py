"""Imports go one way, and nothing reaches into a neighbour's private parts."""

import ast
import subprocess
import sys
from pathlib import Path

from tests.architecture.repository import ROOT
from tests.architecture.rooms import SOURCE, syntax_of


def test_imports_go_one_way() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert "0 broken" in told.stdout


def test_a_package_is_empty_or_gives_names_on() -> None:
    for path in SOURCE.rglob("__init__.py"):
        for node in syntax_of(path).body:
            told = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            assert told or isinstance(node, ast.Import | ast.ImportFrom | ast.Assign), path


def test_no_import_is_hidden_in_a_function_to_dodge_a_cycle() -> None:
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(syntax_of(path)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("luzeiro"):
                assert node.col_offset == 0 or under_type_checking(path, node), path


def under_type_checking(path: Path, wanted: ast.ImportFrom) -> bool:
    return any(
        isinstance(node, ast.If) and wanted.lineno in range(node.lineno, (node.end_lineno or 0) + 1)
        for node in syntax_of(path).body
    )


def test_nothing_is_imported_whole() -> None:
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(syntax_of(path)):
            if isinstance(node, ast.ImportFrom):
                assert "*" not in [alias.name for alias in node.names], path


def test_nobody_imports_a_neighbours_private_name() -> None:
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(syntax_of(path)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("luzeiro"):
                names = [alias.name for alias in node.names if alias.name.startswith("_")]
                assert set(names) <= {"__version__"}, path
