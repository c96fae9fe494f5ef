from pathlib import Path

from luzeiro.cli.home import Home
from tests.cli.catalogue.conftest import Rows
from tests.cli.conftest import Luzeiro
from tests.observations.examples import BTIH, sighting
from tests.sightings.examples import put_segment

WORD = ("--source", "A", "--category", "baseline", "--authority")


def test_a_withdrawal_lists_the_sightings_that_rested_on_it_and_recall_lists_them_again(
    luzeiro: Luzeiro, rows: Rows, tmp_path: Path
) -> None:
    luzeiro("catalogue", "add", f"magnet:?xt=urn:btih:{BTIH.digest.hex()}", *WORD)
    put_segment(Home(tmp_path / "home").spool, [sighting(1, file_index=None), sighting(2)])
    assert luzeiro("sightings", "list").status == 0
    said = luzeiro("catalogue", "withdraw", "--revision", "1", "--reason", "wrong", "--by", "c")
    assert said.status == 0, said.err
    assert "revision 2: 1 votes taken back, 0 restored, 1 identifiers fell away" in said.err
    assert "category interpol-baseline:baseline before, none now" in said.err
    assert "1 files touched, 1 no longer looked for" in said.err
    assert str(sighting(1).sighting_id) in said.out
    (recalled,) = rows("recall", "2")
    assert recalled["number"] == str(sighting(1).sighting_id)
    assert (recalled["what"], recalled["entry_id"]) == ("sighting", 1)
    assert recalled["category_then"] == "interpol-baseline:baseline"
    assert recalled["category_now"] is None


def test_a_vote_and_a_source_can_be_withdrawn_and_one_of_them_must_be_named(
    luzeiro: Luzeiro, rows: Rows
) -> None:
    for number in ("ab", "cd"):
        luzeiro("catalogue", "add", f"magnet:?xt=urn:btih:{number * 20}", *WORD)
    assert luzeiro("catalogue", "withdraw", "--vote", "1").status == 0
    assert luzeiro("catalogue", "withdraw", "--source", "A").status == 0
    assert [one["withdrawn_by"] for one in rows("votes", "--source", "A")] == [3, 4]
    assert luzeiro("catalogue", "withdraw").status == 2
    assert luzeiro("catalogue", "withdraw", "--vote", "1", "--source", "A").status == 2
    assert "no revision 9" in luzeiro("catalogue", "recall", "9").err
