import stat
from pathlib import Path

from luzeiro.portal.secret import FILE, make_secret, secret_key


def test_a_secret_is_made_once_and_its_owner_alone_reads_it(tmp_path: Path) -> None:
    make_secret(tmp_path)
    made = secret_key(tmp_path)
    make_secret(tmp_path)
    assert secret_key(tmp_path) == made
    assert len(made) > 60
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_without_a_home_the_secret_is_good_for_one_process(tmp_path: Path) -> None:
    assert secret_key(tmp_path) != secret_key(tmp_path)
