import json
import os
from dataclasses import replace
from pathlib import Path

from luzeiro.cli import doctor
from luzeiro.cli.doctor import Health, disk, open_files, processor, python
from luzeiro.cli.home import Home
from luzeiro.sightings.measures import Measures
from tests.cli.conftest import Luzeiro
from tests.observations.examples import sighting
from tests.sightings.examples import put_segment


def test_a_good_home_is_told_to_lack_only_something_to_look_for(luzeiro: Luzeiro) -> None:
    luzeiro("init")
    said = luzeiro("doctor", "--output", "json")
    found = {one["what"]: one for one in map(json.loads, said.out.splitlines())}
    assert said.status == 0
    assert "luzeiro catalogue add" in found["catalogue"]["mend"]
    assert found["store"]["told"] == "0 sightings in 0 MiB"
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


def test_a_ledger_without_its_log_or_its_key_is_broken(luzeiro: Luzeiro) -> None:
    luzeiro("init")
    home = Home(Path(os.environ["LUZEIRO_HOME"]))
    put_segment(home.spool, [sighting(1)])
    luzeiro("sightings", "count")
    (home.hub / "log").rename(home.hub / "log.lost")
    found = doctor.log(home)
    assert found.health is Health.BROKEN
    assert "knows 2 entries of the log, which has 0" in found.told
    (home.hub / "key").unlink()
    found = doctor.log(home)
    assert found.health is Health.BROKEN
    assert "no key" in found.told
    assert not (home.hub / "key").exists()  # a new one would only hide it


def test_what_was_set_aside_is_told(luzeiro: Luzeiro) -> None:
    luzeiro("init")
    home = Home(Path(os.environ["LUZEIRO_HOME"]))
    put_segment(home.spool, [sighting(1)]).write_bytes(b"")
    luzeiro("sightings", "count")
    assert doctor.spool(home).health is Health.WARNING


def test_a_store_that_fills_its_disk_soon_or_does_not_merge_is_a_warning() -> None:
    usual = Measures(
        sightings=10, segments_taken=1, store_bytes=2**20, parts=1, merges_running=0,
        sightings_last_hour=0, sightings_last_week=10, lag_s=1.0, spool_segments=0, spool_bytes=0,
        spool_oldest_s=None, disk_free_bytes=2**40, days_to_full=1000.0,
    )  # fmt: skip
    assert doctor.judged(usual).health is Health.GOOD
    assert doctor.judged(replace(usual, days_to_full=3.0)).health is Health.WARNING
    assert doctor.judged(replace(usual, parts=900)).health is Health.WARNING
    assert "sightings serve" in doctor.judged(replace(usual, parts=900)).mend


def test_places_are_missed_and_damaged_ones_named(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert doctor.places(home).health is Health.WARNING
    (home.places / "x").mkdir(parents=True)
    (home.places / "x" / "table.json").write_text("{}")
    assert doctor.places(home).health is Health.BROKEN
