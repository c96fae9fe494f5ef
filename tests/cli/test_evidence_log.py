import json
import os
from pathlib import Path

import pytest

from luzeiro.cli.home import Home
from luzeiro.evidence.receipts import check_receipt
from luzeiro.evidence.signer import Signer
from luzeiro.evidence.verifier.notes import COSIGNATURE, parse_key, parse_note
from tests.cli.conftest import Luzeiro
from tests.evidence.test_stamp import authority, openssl, root_of, url
from tests.observations.examples import sighting
from tests.sightings.examples import put_segment

__all__ = ["authority", "url"]

WITNESS = Signer("witness.example/w", b"w" * 32, COSIGNATURE)


@pytest.fixture
def home(luzeiro: Luzeiro) -> Home:
    """A home whose log has four entries: an enrolment and three segments."""
    luzeiro("init")
    made = Home(Path(os.environ["LUZEIRO_HOME"]))
    for number in range(3):
        put_segment(made.spool, [sighting(number)])
    luzeiro("sightings", "count")
    return made


@pytest.mark.usefixtures("home")
def test_status_and_proofs_are_those_of_the_log(luzeiro: Luzeiro) -> None:
    told = json.loads(luzeiro("evidence", "log", "status", "--output", "json").out)
    assert told["size"] == 4
    proof = luzeiro("evidence", "log", "prove", "2").out.encode()
    entry = luzeiro("evidence", "log", "prove", "2", "--entry").out.encode()
    assert check_receipt(proof, entry, parse_key(told["key"])).size == 4
    assert len(luzeiro("evidence", "log", "prove", "--from-size", "3").out.split()) == 3
    for wrong in (["4"], [], ["--from-size", "5"], ["--from-size", "3", "--to-size", "2"]):
        assert luzeiro("evidence", "log", "prove", *wrong).status == 2


def test_an_audit_names_what_a_checkpoint_kept_outside_shows(
    luzeiro: Luzeiro, home: Home, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    kept.write_text(luzeiro("evidence", "log", "checkpoint").out)
    good = luzeiro("evidence", "log", "audit", "--checkpoint", kept)
    assert (good.status, "all holds" in good.err) == (0, True)
    alone = luzeiro("evidence", "log", "audit")
    assert (alone.status, "bring a head" in alone.err) == (0, True)
    tile = home.hub / "log/tile/0/000.p/4"
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
    bad = luzeiro("evidence", "log", "audit", "--checkpoint", kept)
    assert (bad.status, "the hash 0 is not that" in bad.out) == (1, True)


@pytest.mark.usefixtures("home")
def test_a_known_witness_is_heard_and_a_stranger_is_not(luzeiro: Luzeiro, tmp_path: Path) -> None:
    head = luzeiro("evidence", "log", "checkpoint").out
    cosigned = tmp_path / "cosigned"
    cosigned.write_text(head + WITNESS.cosign(parse_note(head.encode()), 5))
    assert luzeiro("evidence", "log", "checkpoint", "--cosigned", cosigned).status == 1
    assert luzeiro("evidence", "log", "witness", str(WITNESS.key)).status == 0
    told = luzeiro("evidence", "log", "checkpoint", "--cosigned", cosigned)
    assert told.status == 0
    assert told.out == cosigned.read_text()
    assert luzeiro("evidence", "log", "witness", "nonsense").status == 2


def test_a_stamp_is_fetched_checked_and_kept(
    luzeiro: Luzeiro, home: Home, url: str, authority: Path
) -> None:
    assert root_of(authority)
    root = authority / "root.pem"
    told = luzeiro("evidence", "log", "stamp", "--authority", url, "--root", root)
    assert (told.status, "stamped at" in told.err) == (0, True), told.err
    assert (home.hub / "stamps/4/authority.tsr").exists()
    assert luzeiro("evidence", "log", "stamp").status == 2
    away = luzeiro("evidence", "log", "stamp", "--authority", "http://127.0.0.1:1/")
    assert (away.status, "cannot be reached" in away.err) == (2, True)


def test_a_stamp_can_be_carried_by_hand(
    luzeiro: Luzeiro, home: Home, authority: Path, tmp_path: Path
) -> None:
    query, answer = authority / "carried.tsq", authority / "carried.tsr"
    assert luzeiro("evidence", "log", "stamp", "--request-out", query).status == 0
    put_segment(home.spool, [sighting(9)])
    luzeiro("sightings", "count")  # the log goes on meanwhile
    carried = ("-queryfile", "carried.tsq", "-out", "carried.tsr")
    openssl(authority, "ts", "-reply", "-config", "conf", *carried)
    brought = ("--response", answer, "--root", authority / "root.pem")
    told = luzeiro("evidence", "log", "stamp", *brought)
    assert told.status == 0, told.err
    kept = (home.hub / "stamps/4/checkpoint").read_text()
    assert kept.split("\n")[1] == "4"
    (tmp_path / "none").write_text("no response")
    assert luzeiro("evidence", "log", "stamp", "--response", tmp_path / "none").status == 2


def test_without_a_hub_there_is_nothing_to_ask(luzeiro: Luzeiro) -> None:
    luzeiro("init")
    told = luzeiro("evidence", "log", "status")
    assert (told.status, "there is no hub" in told.err) == (2, True)
