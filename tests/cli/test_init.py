from pathlib import Path

from tests.cli.conftest import Luzeiro


def test_init_makes_a_home_that_only_its_owner_can_read(
    bare_luzeiro: Luzeiro, tmp_path: Path
) -> None:
    assert "is ready" in bare_luzeiro("init").out
    assert (tmp_path / "home").stat().st_mode & 0o077 == 0
    assert (tmp_path / "home" / "catalogue.sqlite3").is_file()


def test_init_twice_changes_nothing(bare_luzeiro: Luzeiro, tmp_path: Path) -> None:
    bare_luzeiro("init")
    bare_luzeiro(
        "catalogue",
        "add",
        "magnet:?xt=urn:btih:" + "ab" * 20,
        "--source",
        "A",
        "--category",
        "baseline",
    )
    before = (tmp_path / "home" / "luzeiro.toml").stat().st_mtime_ns
    assert "already" in bare_luzeiro("init").out
    assert (tmp_path / "home" / "luzeiro.toml").stat().st_mtime_ns == before
    assert "btih:abababab" in bare_luzeiro("catalogue", "list").out
