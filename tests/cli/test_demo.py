import json
from pathlib import Path

from typer.testing import CliRunner

from luzeiro.cli.app import app


def run(home: Path, *words: str) -> str:
    told = CliRunner().invoke(app, ["--home", str(home), *words], catch_exceptions=False)
    assert told.exit_code == 0, told.output
    return told.stdout


def test_the_sample_comes_gives_links_and_goes(tmp_path: Path) -> None:
    run(tmp_path, "init")
    assert "The sample is loaded" in run(tmp_path, "demo", "load")
    told = run(tmp_path, "demo", "links", "--output", "json").splitlines()
    rows = [json.loads(line) for line in told]
    assert {row["role"] for row in rows} == {
        "investigator", "supervisor", "coordinator", "auditor",
    }  # fmt: skip
    assert all(row["path"].startswith("/welcome/") for row in rows)
    assert "The sample is gone" in run(tmp_path, "demo", "remove")
