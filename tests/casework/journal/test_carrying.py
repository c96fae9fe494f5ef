import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection, transaction

from luzeiro.casework.journal import carrying
from luzeiro.casework.journal.carrying import JournalBusyError, carry, check
from luzeiro.casework.journal.models import Carried, JournalEntry
from luzeiro.casework.journal.record import canonical, record
from luzeiro.casework.officers.models import Officer
from luzeiro.evidence.audit import audit
from luzeiro.evidence.signer import Signer, open_note
from luzeiro.evidence.verifier.statements import JOURNAL, read, write
from luzeiro.hub.hub import Hub
from tests.casework.world import NOW, officer, unit

TABLE = "journal_journalentry"
on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer at a time"
)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with closing(Hub(tmp_path / "hub")) as opened:
        yield opened


def deeds(actor: Officer, *names: str) -> list[JournalEntry]:
    return [record(name, actor=actor, at=NOW, purpose=f"why {name}") for name in names]


def in_log(hub: Hub) -> list[tuple[int, str]]:
    """What a reader of the log alone finds: numbers and digests."""
    told = [read(JOURNAL, open_note(raw, hub.log.key)) for _, raw in hub.log.reader().entries()]
    return [(int(one["entry"]), one["sha256"]) for one in told]


def as_owner(deed: str, *values: int) -> None:
    """Raw SQL by somebody who took the triggers away."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Rows of this transaction wait for the check of their foreign keys, and a table with
            # such rows cannot be altered.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER USER")
        else:
            for name in ("update", "delete", "replace"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_no_{name}")
        cursor.execute(deed, values)


def test_entries_are_carried_once_and_in_order(ana: Officer, hub: Hub) -> None:
    entries = deeds(ana, *"abcde")
    assert carry(hub, now=NOW, at_most=3) == 3
    assert carry(hub, now=NOW, at_most=3) == 2
    assert carry(hub, now=NOW) == 0
    expected = [(one.pk, hashlib.sha256(canonical(one)).hexdigest()) for one in entries]
    assert in_log(hub) == expected
    assert list(Carried.objects.order_by("id").values_list("log_index", flat=True)) == [2, 4]
    assert check(hub.log) == carrying.Checked(5, 0, ())
    assert audit(hub.log, []).faults == ()


def test_the_log_holds_no_word_of_an_entry(ana: Officer, hub: Hub) -> None:
    entry = record("lead.opened", actor=ana, at=NOW, purpose="triage", subject="x", facts={"n": 1})
    carry(hub, now=NOW)
    (raw,) = [raw for _, raw in hub.log.reader().entries()]
    assert set(json.loads(canonical(entry))) == {
        "actor", "at", "deed", "facts", "id", "purpose", "subject", "unit",
    }  # fmt: skip
    for word in (b"lead.opened", b"triage", str(ana.pk).encode(), str(ana.unit_id).encode()):
        assert word not in raw


def test_the_samples_entries_stay_behind(hub: Hub, ana: Officer) -> None:
    deeds(officer("x", of=unit("Sample", sample=True)), "sample")
    assert carry(hub, now=NOW) == 0
    (real,) = deeds(ana, "real")
    assert carry(hub, now=NOW) == 1
    assert [number for number, _ in in_log(hub)] == [real.pk]


class PowerCutError(Exception):
    """The machine went dark."""


@pytest.mark.parametrize("after", ["the log", "the ledger"])
def test_a_crash_at_any_step_neither_doubles_an_entry_nor_loses_one(
    hub: Hub, ana: Officer, monkeypatch: pytest.MonkeyPatch, after: str
) -> None:
    append = hub.log.append

    def dies(*_: object, **__: object) -> None:
        raise PowerCutError

    def appends_and_dies(entries: Sequence[bytes], signer: Signer) -> int:
        append(entries, signer)
        raise PowerCutError

    entries = deeds(ana, "a", "b")
    with monkeypatch.context() as cut:
        if after == "the log":
            cut.setattr(hub.log, "append", appends_and_dies)
        else:
            cut.setattr(Carried.objects, "create", dies)
        with pytest.raises(PowerCutError):
            carry(hub, now=NOW)
    assert len(in_log(hub)) == 2
    entries += deeds(ana, "c")
    with closing(Hub(hub.folder)) as again:
        assert carry(again, now=NOW) == 1
        assert [number for number, _ in in_log(again)] == [one.pk for one in entries]
        assert check(again.log).findings == ()


def test_a_crash_before_the_log_loses_nothing(
    hub: Hub, ana: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object) -> None:
        raise PowerCutError

    deeds(ana, "a")
    with monkeypatch.context() as cut:
        cut.setattr(hub.log, "append", dies)
        with pytest.raises(PowerCutError):
            carry(hub, now=NOW)
    assert in_log(hub) == []
    assert carry(hub, now=NOW) == 1


def test_a_ledger_that_was_lost_is_read_from_the_log_again(hub: Hub, ana: Officer) -> None:
    deeds(ana, "a", "b")
    carry(hub, now=NOW)
    for path in hub.folder.glob("ledger.sqlite3*"):
        path.unlink()
    with closing(Hub(hub.folder)) as again:
        assert carry(again, now=NOW) == 0
        assert len(in_log(again)) == 2


@pytest.mark.parametrize(
    ("deed", "told"),
    [
        (f"UPDATE {TABLE} SET purpose = 'another' WHERE id = %s", "changed"),
        (f"UPDATE {TABLE} SET at = '2026-03-04 13:00:00+00:00' WHERE id = %s", "changed"),
        (f"UPDATE {TABLE} SET actor_id = NULL WHERE id = %s", "changed"),
        (f"DELETE FROM {TABLE} WHERE id = %s", "removed"),
        (f"UPDATE {TABLE} SET sample = true WHERE id = %s", "marked as the sample's"),
    ],
)
def test_what_an_owner_of_the_database_does_to_a_row_shows(
    hub: Hub, ana: Officer, deed: str, told: str
) -> None:
    _, touched, _ = deeds(ana, "a", "b", "c")
    carry(hub, now=NOW)
    as_owner(deed, touched.pk)
    (finding,) = check(hub.log).findings
    assert (finding.entry, finding.log_index) == (touched.pk, 1)
    assert finding.told == f"was {told} after it was carried"


def test_a_row_put_between_carried_ones_shows(hub: Hub, ana: Officer) -> None:
    first, gone = deeds(ana, "a", "gone")
    as_owner(f"DELETE FROM {TABLE} WHERE id = %s", gone.pk)
    deeds(ana, "b")
    carry(hub, now=NOW)
    assert check(hub.log).findings == ()  # a number that was never used is no finding
    JournalEntry.objects.create(pk=gone.pk, at=NOW, deed="lead.closed", actor=ana, unit=ana.unit)
    assert carry(hub, now=NOW) == 0
    (finding,) = check(hub.log).findings
    assert (finding.entry, finding.log_index) == (gone.pk, None)
    assert "put among" in finding.told
    assert first.pk < gone.pk


def test_what_waits_is_counted_and_is_no_finding(hub: Hub, ana: Officer) -> None:
    deeds(ana, "a")
    carry(hub, now=NOW)
    deeds(ana, "b", "c")
    assert check(hub.log) == carrying.Checked(1, 2, ())


def test_an_entry_that_the_hub_did_not_sign_or_that_is_there_twice_shows(
    hub: Hub, ana: Officer
) -> None:
    (entry,) = deeds(ana, "a")
    carry(hub, now=NOW)
    text = write(JOURNAL, (entry.pk, hashlib.sha256(canonical(entry)).hexdigest()))
    good = hub.signer.sign(text)
    hub.log.append([good, good.replace(b"entry", b"eNtry", 1)], hub.signer)
    twice, forged = check(hub.log).findings
    assert (twice.log_index, twice.told) == (1, "is in the log twice")
    assert forged.log_index == 2
    assert "cannot be read" in forged.told
    assert "entry 2" in audit(hub.log, []).faults[0]


@on_postgresql
def test_nothing_is_carried_over_a_number_that_a_deed_under_way_still_has(
    hub: Hub, ana: Officer
) -> None:
    deeds(ana, "a")
    other = connection.copy()
    try:
        with transaction.atomic(), other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(f"LOCK TABLE {TABLE} IN ROW EXCLUSIVE MODE")  # as its INSERT does
            with pytest.raises(JournalBusyError, match="try again"):
                carry(hub, now=NOW)
            cursor.execute("ROLLBACK")
    finally:
        other.close()
    assert carry(hub, now=NOW) == 1
