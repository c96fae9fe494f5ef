import hashlib
import json
import os
import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from luzeiro.cli.home import Home
from luzeiro.cli.lead_evidence import select_lead
from luzeiro.cli.portal import PortalError
from luzeiro.observations.record import Sighting
from tests.cli.conftest import Luzeiro
from tests.evidence import scenes
from tests.sightings.examples import put_segment

WORD = ("--source", "Invented agency", "--category", "baseline", "--authority")


def ask(home: Home, question: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(home.path / "casework.sqlite3")) as casework:
        return casework.execute(question).fetchall()


def lead_id(stored: str) -> str:
    """SQLite keeps an id without its dashes."""
    return str(UUID(stored))


def whole(scene: scenes.Scene, number: int) -> Sighting:
    """A sighting of the whole torrent, as its magnet link names it."""
    return scenes.sighting_of(scene, number, file_index=None)


@pytest.fixture
def home(luzeiro: Luzeiro) -> Home:
    """A home in which two of four sightings of a peer became a lead.

    One other it only echoed, and one is of a file that no list names.
    """
    luzeiro("init")
    made = Home(Path(os.environ["LUZEIRO_HOME"]))
    link = f"magnet:?xt=urn:btih:{scenes.infohash_of('seeder').hex()}"
    assert luzeiro("catalogue", "add", link, *WORD).status == 0
    told = [scenes.seeder(), scenes.encrypted_seeder(), scenes.liar()]
    seen = [whole(one, number) for number, one in enumerate(told)]
    put_segment(made.spool, [*seen, scenes.sighting_of(scenes.seeder(), 3, file_index=5)])
    luzeiro("sightings", "count")
    assert luzeiro("leads", "build").out.startswith("1 segments, 1 addresses")
    return made


def test_a_package_of_a_lead_holds_its_statements_and_the_journal_knows(
    luzeiro: Luzeiro, home: Home, tmp_path: Path
) -> None:
    out = tmp_path / "lead.zip"
    ((lead, address),) = ask(home, "SELECT id, address FROM leads_lead")
    assert address == scenes.PEER.host
    asked = ("--lead", lead, "--purpose", "case 7", "--out", out)
    said = luzeiro("evidence", "package", *asked)
    assert (said.status, f"{out}: 2 sightings" in said.err) == (0, True), said.err
    assert "built on" not in said.err
    assert luzeiro("verify", out).status == 0
    with zipfile.ZipFile(out) as package:
        held = [json.loads(line) for line in package.open("data/sightings.jsonl")]
        assert f"statements of lead {lead[:8]}".encode() in package.read("bag-info.txt")
        assert package.read("data/report/report.pdf").startswith(b"%PDF-1.7")
        told = json.loads(package.read("data/report/report.json"))
        assert "data/report/README.txt" not in package.namelist()
    assert [(row["grade"], row["file_index"]) for row in held] == [("stated", None)] * 2
    assert (told["report"]["lead"], told["report"]["sightings_in_all"]) == (lead_id(lead), 2)
    assert {row["sighting_id"] for row in held} == {
        one["sighting"] for one in told["report"]["statements"]
    }
    assert all(one["log_index"] is not None for one in told["report"]["segments"])
    journal = (
        "SELECT purpose, facts, actor_id FROM journal_journalentry WHERE deed = 'lead.packaged'"
    )
    ((purpose, facts, actor),) = ask(home, journal)
    assert (purpose, actor) == ("case 7", None)
    known = json.loads(facts)
    assert known["package_sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    assert (known["sightings"], known["encrypted_for"]) == (2, 0)


def test_a_package_can_be_had_without_a_report_or_with_one_in_another_language(
    luzeiro: Luzeiro, home: Home, tmp_path: Path
) -> None:
    ((lead,),) = ask(home, "SELECT id FROM leads_lead")
    bare, english = tmp_path / "bare.zip", tmp_path / "es.zip"
    luzeiro("evidence", "package", "--lead", lead, "--no-report", "--out", bare)
    luzeiro("evidence", "package", "--lead", lead, "--language", "es", "--out", english)
    with zipfile.ZipFile(bare) as package:
        assert "data/report/report.pdf" not in package.namelist()
    with zipfile.ZipFile(english) as package:
        assert json.loads(package.read("data/report/report.json"))["report"]["language"] == "es"


def test_what_came_since_the_lead_was_built_is_told(
    luzeiro: Luzeiro, home: Home, tmp_path: Path
) -> None:
    ((lead,),) = ask(home, "SELECT id FROM leads_lead")
    put_segment(home.spool, [whole(scenes.seeder(), 9)])
    said = luzeiro("evidence", "package", "--lead", lead, "--out", tmp_path / "one.zip")
    assert "'luzeiro leads build' brings it up to date" in said.err
    narrowed = ("--lead", lead, "--until", "2020-01-01", "--out", tmp_path / "two.zip")
    said = luzeiro("evidence", "package", *narrowed)
    assert (said.status, "no sighting fits" in said.err) == (2, True)
    assert len(ask(home, "SELECT 1 FROM journal_journalentry WHERE deed = 'lead.packaged'")) == 1


def test_a_home_without_casework_is_told_in_a_line(luzeiro: Luzeiro, home: Home) -> None:
    ((lead,),) = ask(home, "SELECT id FROM leads_lead")
    (home.path / "casework.sqlite3").unlink()
    for left in home.path.glob("casework.sqlite3-*"):
        left.unlink()
    said = luzeiro("evidence", "package", "--lead", lead, "--out", home.path / "out.zip")
    assert (said.status, "No lead has the id" in said.err) == (2, True)
    assert "Traceback" not in said.err


def test_a_casework_that_cannot_be_opened_is_told(home: Home) -> None:
    shutil.copy(__file__, home.path / "casework.sqlite3")
    with pytest.raises(PortalError, match="not a database"):
        select_lead(home, scenes.COLLECTOR)
