import json
from pathlib import Path

from tests.cli.conftest import Luzeiro

WORD = ("--source", "A", "--category", "baseline", "--authority")
LINK = f"ed2k://|file|x|5|{'ab' * 16}|/"


def test_the_catalogue_goes_to_a_new_file_or_to_stdout(luzeiro: Luzeiro, tmp_path: Path) -> None:
    luzeiro("catalogue", "add", LINK, *WORD)
    said = luzeiro("catalogue", "export", "--format", "jsonl")
    assert json.loads(said.out)["identifiers"] == {"ed2k": ["ab" * 16]}
    assert "1 files; left out: 0 with no category in force" in said.err
    to = tmp_path / "out.csv"
    assert luzeiro("catalogue", "export", "--format", "csv", "--to", to).status == 0
    assert to.read_text().count("ab" * 16) == 1
    again = luzeiro("catalogue", "export", "--format", "csv", "--to", to)
    assert again.status == 2
    assert "is there already" in again.err
    assert [path.name for path in tmp_path.iterdir() if "part" in path.name] == []


def test_forms_and_schemes_that_are_none_are_refused(luzeiro: Luzeiro) -> None:
    assert luzeiro("catalogue", "export", "--format", "pdf").status == 2
    assert luzeiro("catalogue", "export", "--format", "csv", "--scheme", "x").status == 2
