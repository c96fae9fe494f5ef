from pathlib import Path

from tests.cli.conftest import Luzeiro


def test_what_is_no_package_is_told(luzeiro: Luzeiro, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no package")
    told = luzeiro("verify", tmp_path / "file")
    assert told.status == 1
    assert "this is no package" in told.out


def test_a_key_that_is_none_or_a_file_that_is_not_there_is_refused(
    luzeiro: Luzeiro, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("x")
    assert luzeiro("verify", tmp_path / "file", "--key", "nonsense").status == 2
    assert luzeiro("verify", tmp_path / "missing").status == 2
