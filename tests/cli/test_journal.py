import json
import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Luzeiro


@pytest.fixture
def carried(luzeiro: Luzeiro) -> Luzeiro:
    """A home whose first administrator was enlisted, and that is in the log."""
    luzeiro("init")
    assert luzeiro("journal", "carry").out == "3 entries carried.\n"
    return luzeiro


def as_owner(tmp_path: Path, deed: str) -> None:
    with sqlite3.connect(tmp_path / "home" / "casework.sqlite3") as database:
        for name in ("update", "delete"):
            database.execute(f"DROP TRIGGER journal_journalentry_no_{name}")
        database.execute(deed)
    database.close()


def test_an_entry_is_carried_once_and_holds(carried: Luzeiro) -> None:
    assert carried("journal", "carry").out == "0 entries carried.\n"
    checked = carried("journal", "check")
    assert checked.status == 0
    assert "3 entries carried, 0 wait: all are as they were carried" in checked.err
    assert "a head that was kept elsewhere" in checked.err
    assert carried("evidence", "log", "audit").status == 0


def test_an_entry_that_was_changed_or_removed_is_named(carried: Luzeiro, tmp_path: Path) -> None:
    as_owner(tmp_path, "UPDATE journal_journalentry SET deed = 'another' WHERE id = 1")
    as_row = carried("journal", "check", "--output", "json")
    assert as_row.status == 1
    assert json.loads(as_row.out) == {
        "entry": 1, "log_index": 0, "finding": "was changed after it was carried",
    }  # fmt: skip
    with sqlite3.connect(tmp_path / "home" / "casework.sqlite3") as database:
        database.execute("DELETE FROM journal_journalentry WHERE id = 2")
    database.close()
    told = carried("journal", "check")
    assert (told.status, "2 findings" in told.err) == (1, True)
    assert "was removed after it was carried" in told.out


def test_a_log_made_anew_does_not_fit_the_head_kept_elsewhere_and_a_damaged_one_is_one_line(
    carried: Luzeiro, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    kept.write_bytes((tmp_path / "home" / "hub" / "log" / "checkpoint").read_bytes())
    assert carried("journal", "check", "--checkpoint", kept).status == 0
    as_owner(tmp_path, "UPDATE journal_journalentry SET deed = 'another' WHERE id = 1")
    hub = tmp_path / "home" / "hub"
    for path in [*hub.glob("ledger*"), *(hub / "log").rglob("*")]:
        if path.is_file():
            path.unlink()
    carried("journal", "carry")
    assert carried("journal", "check").status == 0  # all of it was rewritten: it fits itself
    told = carried("journal", "check", "--checkpoint", kept)
    assert told.status == 1
    assert "rewritten" in told.out
    (tmp_path / "home" / "hub" / "log" / "checkpoint").write_bytes(b"nothing\n")
    told = carried("journal", "carry")
    assert told.status == 2
    assert "Restore it" in told.err
    assert "Traceback" not in told.err
