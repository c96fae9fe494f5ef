import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from luzeiro.hub.wire import Ticket
from tests.cli.conftest import Luzeiro
from tests.observations.examples import sighting
from tests.sightings.examples import put_segment


def test_a_ticket_names_the_hub_and_pins_its_certificate(luzeiro: Luzeiro) -> None:
    luzeiro("init")
    told = luzeiro("hub", "ticket", "north", "--url", "https://hub.example:8443/")
    ticket = Ticket.parse(told.out)
    assert (ticket.url, ticket.label) == ("https://hub.example:8443", "north")
    assert len(ticket.certificate_sha256) == 64
    public = luzeiro("hub", "ticket", "south", "--url", "https://hub.example", "--public")
    assert Ticket.parse(public.out).certificate_sha256 == ""


@pytest.mark.parametrize(
    "wrong",
    [
        ("north", "--url", "http://hub.example"),
        ("north", "--url", "https://hub.example/path"),
        (" ", "--url", "https://hub.example"),
        ("two\nlines", "--url", "https://hub.example"),
    ],
)
def test_what_makes_no_ticket_is_refused(luzeiro: Luzeiro, wrong: tuple[str, ...]) -> None:
    luzeiro("init")
    assert luzeiro("hub", "ticket", *wrong).status == 2


def test_collectors_are_listed(luzeiro: Luzeiro) -> None:
    luzeiro("init")
    told = luzeiro("hub", "collectors", "--output", "json")
    assert (told.status, told.out) == (0, "")


def test_a_certificate_without_its_key_is_refused(luzeiro: Luzeiro, tmp_path: Path) -> None:
    luzeiro("init")
    (tmp_path / "c").write_text("x")
    assert luzeiro("hub", "serve", "--certificate", tmp_path / "c").status == 2
    both = ("--certificate", tmp_path / "c", "--key", tmp_path / "c", "--port", "0")
    assert luzeiro("hub", "serve", *both).status == 2


def test_a_collector_elsewhere_enrols_and_sends_until_the_hub_is_told_to_stop(
    luzeiro: Luzeiro, tmp_path: Path
) -> None:
    luzeiro("init")
    command = [sys.executable, "-m", "luzeiro.cli.app", "hub", "serve", "--host", "127.0.0.1"]
    with subprocess.Popen([*command, "--port", "0"], stderr=subprocess.PIPE, text=True) as hub:
        assert hub.stderr is not None
        found = re.search(r"https://127.0.0.1:\d+", hub.stderr.readline())
        assert found is not None
        ticket = luzeiro("hub", "ticket", "north", "--url", found[0]).out.strip()
        (tmp_path / "ticket").write_text(ticket)
        theirs = ("--home", tmp_path / "collector")
        luzeiro(*theirs, "init")
        put_segment(tmp_path / "collector/spool", [sighting(1), sighting(2)])
        enrolled = luzeiro(*theirs, "spool", "enrol", f"@{tmp_path / 'ticket'}")
        assert enrolled.status == 0, enrolled.err
        status = json.loads(luzeiro(*theirs, "spool", "status", "--output", "json").out)
        assert (status["hub"], status["waiting"]) == (found[0], 1)
        sent = luzeiro(*theirs, "spool", "send")
        assert (sent.status, "1 segments sent, 0 wait" in sent.err) == (0, True), sent.err
        hub.send_signal(signal.SIGTERM)
        assert hub.wait(20) == 0
    ours = ("--home", os.environ["LUZEIRO_HOME"])
    counted = json.loads(luzeiro(*ours, "sightings", "count", "--output", "json").out)
    assert counted["sightings"] == 2
