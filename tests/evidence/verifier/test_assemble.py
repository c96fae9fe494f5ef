import ast
import subprocess
import sys
from collections import Counter
from pathlib import Path

from luzeiro.evidence.verifier.assemble import MODULES, assemble, names_at_top
from luzeiro.evidence.verifier.report import main


def test_it_needs_the_standard_library_alone() -> None:
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name) or ""
        for node in ast.walk(ast.parse(assemble()))
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert {one.partition(".")[0] for one in imported} <= sys.stdlib_module_names


def test_no_two_modules_bind_one_name() -> None:
    bound = Counter(name for module in MODULES for name in names_at_top(module))
    assert [name for name, times in bound.items() if times > 1] == []


def test_every_module_of_the_verifier_is_in_it() -> None:
    folder = Path(__file__).parents[3] / "src/luzeiro/evidence/verifier"
    assert {path.stem for path in folder.glob("*.py")} == {*MODULES, "__init__", "assemble"}


def test_one_file_says_of_a_package_what_the_modules_say(
    package: bytes, tmp_path: Path, capsys: object
) -> None:
    (tmp_path / "verify.py").write_bytes(assemble())
    (tmp_path / "package.zip").write_bytes(package)
    alone = subprocess.run(
        [sys.executable, "-I", "verify.py", "package.zip", "--all"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert alone.returncode == 0, alone.stderr
    assert main([str(tmp_path / "package.zip"), "--all"]) == 0
    assert capsys.readouterr().out == alone.stdout  # type: ignore[attr-defined]  # pytest's own
    assert "Everything that could be checked" in alone.stdout
