import hashlib
from pathlib import Path
from uuid import UUID

import pytest

from luzeiro.evidence.log import Log
from luzeiro.evidence.receipts import check_receipt
from luzeiro.evidence.signer import Signer, open_note
from luzeiro.evidence.verifier.statements import JOURNAL, read
from luzeiro.hub.examine import Examined
from luzeiro.hub.hub import Hub, Receipt
from luzeiro.hub.refusals import RefusedError, Why
from luzeiro.observations import segment
from luzeiro.observations.segment import SegmentName
from tests.evidence import hubs
from tests.observations.examples import sighting


@pytest.fixture
def collecting(tmp_path: Path) -> hubs.Collecting:
    return hubs.collector(tmp_path / "spool")


def examined(hub: Hub, path: Path) -> Examined:
    return hub.examine(SegmentName.parse(path.name), path.read_bytes())


def test_each_segment_is_in_the_log_once_with_a_receipt(
    tmp_path: Path, collecting: hubs.Collecting
) -> None:
    with hubs.hub(tmp_path / "hub") as hub:
        hubs.enrol(hub, collecting)
        all_of_them = [examined(hub, collecting.seal(sighting(number))) for number in range(3)]
        answers = hub.admit([*all_of_them, all_of_them[0]])
        again = hub.admit(all_of_them)
        assert hub.log.head().size == 4
        for one, answer in zip([*all_of_them, all_of_them[0]], answers, strict=True):
            assert isinstance(answer, Receipt)
            assert not answer.repeated
            check_receipt(answer.proof, one.note, hub.log.key)
        assert all(isinstance(one, Receipt) and one.repeated for one in again)


def test_two_ways_of_one_chain_are_refused_also_in_one_batch(
    tmp_path: Path, collecting: hubs.Collecting
) -> None:
    clone = hubs.collector(tmp_path / "clone")  # the same key, an empty spool
    with hubs.hub(tmp_path / "hub") as hub:
        hubs.enrol(hub, collecting)
        one, two = (
            examined(hub, each.seal(sighting(n))) for n, each in enumerate([collecting, clone])
        )
        first, second = hub.admit([one, two])
        assert isinstance(first, Receipt)
        assert isinstance(second, RefusedError)
        assert second.why is Why.FORKED
        (third,) = hub.admit([two])
        assert isinstance(third, RefusedError)
        assert hub.log.head().size == 2


def test_a_crash_after_the_log_and_before_the_ledger_is_caught_up_with(
    tmp_path: Path, collecting: hubs.Collecting
) -> None:
    with hubs.hub(tmp_path / "hub") as hub:
        hubs.enrol(hub, collecting)
        path = collecting.seal(sighting(1))
        one = examined(hub, path)
        hub.log.append([one.note], hub.signer)  # and here the power goes
    with hubs.hub(tmp_path / "hub") as hub:
        (answer,) = hub.admit([one])
        assert isinstance(answer, Receipt)
        assert answer.repeated
        assert hub.receipt(one.seal.digest) is None  # its file is not here yet
        hub.place(path, one)
        assert hub.receipt(one.seal.digest) is not None
        assert hub.log.head().size == 2


def test_a_crash_before_the_file_was_moved_is_finished_at_the_next_start(
    tmp_path: Path, collecting: hubs.Collecting
) -> None:
    with hubs.hub(tmp_path / "hub") as hub:
        hubs.enrol(hub, collecting)
        logged, unknown = (collecting.seal(sighting(number)) for number in (1, 2))
        for path in (logged, unknown):
            path.rename(hub.incoming / path.name)
        hub.admit([examined(hub, hub.incoming / logged.name)])
    with hubs.hub(tmp_path / "hub") as hub:
        assert [path.name for path in segment.waiting_in(hub.admitted)] == [logged.name]
        assert [path.name for path in segment.waiting_in(hub.incoming)] == [unknown.name]


def test_the_ledger_is_rebuilt_from_the_log(tmp_path: Path, collecting: hubs.Collecting) -> None:
    with hubs.hub(tmp_path / "hub") as hub:
        hubs.enrol(hub, collecting)
        collecting.seal(sighting(1))
        hubs.admit(hub, collecting)
        before = hub.ledger.standings()
    for path in (tmp_path / "hub").glob("ledger.sqlite3*"):
        path.unlink()
    with hubs.hub(tmp_path / "hub") as hub:
        assert hub.ledger.standings() == before
        collecting.seal(sighting(2))
        hubs.admit(hub, collecting)
        assert hub.log.head().size == 3


def test_a_collector_keeps_its_key(tmp_path: Path, collecting: hubs.Collecting) -> None:
    with hubs.hub(tmp_path / "hub") as hub:
        hubs.enrol(hub, collecting)
        hubs.enrol(hub, collecting)
        assert hub.log.head().size == 1
        other = Signer("luzeiro/collector/other", b"x" * 32).key
        with pytest.raises(RefusedError, match="another key"):
            hub.enrol(str(UUID(int=1)), other, "north", hubs.NOW)


def test_a_hub_keeps_its_name_and_key(tmp_path: Path) -> None:
    with hubs.hub(tmp_path) as hub:
        key = hub.log.key
    with hubs.hub(tmp_path) as hub:
        assert hub.log.key == key
        assert isinstance(hub.log, Log)


@pytest.mark.parametrize("request_", [b"", Signer("a", b"a" * 32).sign("no request\n")])
def test_a_request_that_is_none_is_refused(tmp_path: Path, request_: bytes) -> None:
    with hubs.hub(tmp_path) as hub, pytest.raises(RefusedError, match="cannot be read"):
        hub.enrol_by_ticket(request_, "secret", hubs.NOW)


def test_entries_of_the_journal_are_asked_for_after_the_last_that_the_log_has(
    tmp_path: Path,
) -> None:
    asked: list[int] = []

    def after(last: int) -> list[tuple[int, bytes]]:
        asked.append(last)
        return [(last + 3, b"one"), (last + 7, b"two")]

    with hubs.hub(tmp_path / "hub") as hub:
        assert hub.carry_journal(after) == range(2)
        assert hub.carry_journal(lambda last: []) == range(2, 2)  # noqa: ARG005
    (tmp_path / "hub" / "ledger.sqlite3").unlink()
    with hubs.hub(tmp_path / "hub") as again:
        assert again.carry_journal(after) == range(2, 4)
        text = open_note(again.log.reader().entry(1), again.log.key)
    assert asked == [0, 7]
    assert read(JOURNAL, text) == {"entry": "7", "sha256": hashlib.sha256(b"two").hexdigest()}
