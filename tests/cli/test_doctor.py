import json
import os
from pathlib import Path

from luzeiro.cli import doctor
from luzeiro.cli.doctor import Health, disk, open_files, processor, python
from luzeiro.cli.home import Home
from tests.cli.conftest import Luzeiro
from tests.observations.examples import sighting
from tests.sightings.examples import put_segment


def test_a_good_home_is_told_to_lack_only_something_to_look_for(luzeiro: Luzeiro) -> None:
    luzeiro("init")
    said = luzeiro("doctor", "--output", "json")
    found = {one["what"]: one for one in map(json.loads, said.out.splitlines())}
    assert said.status == 0
    assert "luzeiro catalogue add" in found["catalogue"]["mend"]
    assert found["store"]["told"] == "0 sightings"
    assert found["spool"]["health"] == "good"


def test_without_a_home_it_says_how_to_make_one(luzeiro: Luzeiro) -> None:
    said = luzeiro("doctor")
    assert said.status == 1
    assert "luzeiro init" in said.out


def test_a_damaged_catalogue_is_found(luzeiro: Luzeiro, tmp_path: Path) -> None:
    luzeiro("init")
    (tmp_path / "home" / "catalogue.sqlite3").write_bytes(b"no database" * 999)
    said = luzeiro("doctor")
    assert said.status == 1
    assert "cannot be opened" in said.out


def test_a_processor_without_avx2_cannot_run_the_store(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("flags : sse avx")
    assert processor(cpuinfo).health is Health.BROKEN
    cpuinfo.write_text("flags : sse avx avx2")
    assert processor(cpuinfo).health is Health.GOOD
    assert processor(tmp_path / "none").health is Health.WARNING


def test_old_python_few_files_and_a_full_disk_are_told(tmp_path: Path) -> None:
    assert python((3, 10)).health is Health.BROKEN
    assert open_files(256).health is Health.WARNING
    assert open_files(-1).health is Health.GOOD  # unlimited
    assert disk(tmp_path, 1).health is Health.WARNING


def test_a_log_that_was_changed_is_broken(luzeiro: Luzeiro) -> None:
    luzeiro("init")
    home = Home(Path(os.environ["LUZEIRO_HOME"]))
    assert doctor.log(home).health is Health.GOOD
    put_segment(home.spool, [sighting(1)])
    luzeiro("sightings", "count")
    assert doctor.log(home).told == "2 entries"
    (home.hub / "log/tile/0/000.p/2").write_bytes(bytes(64))
    assert doctor.log(home).health is Health.BROKEN


def test_what_was_set_aside_is_told(luzeiro: Luzeiro) -> None:
    luzeiro("init")
    home = Home(Path(os.environ["LUZEIRO_HOME"]))
    put_segment(home.spool, [sighting(1)]).write_bytes(b"")
    luzeiro("sightings", "count")
    assert doctor.spool(home).health is Health.WARNING
