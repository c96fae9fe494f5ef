from pathlib import Path

from tests.cli.test_demo import run


def test_an_empty_home_gives_no_leads(tmp_path: Path) -> None:
    run(tmp_path, "init")
    assert run(tmp_path, "leads", "build").startswith("0 segments, 0 addresses")
    assert run(tmp_path, "leads", "build", "--rebuild").startswith("0 segments")
