from contextlib import closing
from pathlib import Path

from luzeiro.cli.collector import collector_signer, has_collector, sealing_spool
from luzeiro.cli.home import Home
from luzeiro.evidence.signer import open_note
from luzeiro.observations.segment import note_of
from tests.observations.examples import sighting


def test_a_home_has_one_collector_with_one_key(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert not has_collector(home)
    signer = collector_signer(home)
    assert has_collector(home)
    assert collector_signer(home).key == signer.key
    assert signer.name.startswith("luzeiro/collector/")


def test_its_spool_seals_in_its_name(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with closing(sealing_spool(home)) as spool:
        sealed = spool.seal([sighting(1)]).read_bytes()
    assert "sequence 1\n" in open_note(note_of(sealed) or b"", collector_signer(home).key)
