"""Against the hub's real server, over TLS on loopback."""

from pathlib import Path
from uuid import UUID

import pytest

from luzeiro.collector import enrolment as enrolments
from luzeiro.collector.enrolment import Enrolment
from luzeiro.collector.uploader import (
    Answer,
    HubAwayError,
    HubClient,
    HubRefusedError,
    Uploader,
    enrol,
)
from luzeiro.evidence.log import Log
from luzeiro.evidence.receipts import ReceiptError
from luzeiro.evidence.signer import Signer
from luzeiro.observations import segment
from tests.evidence import hubs
from tests.hub.serving import Serving, serving
from tests.observations.examples import sighting

NAME = str(UUID(int=1))
NOW = "2026-03-04T05:06:07.000000Z"


def enrolled(served: Serving, collecting: hubs.Collecting, folder: Path) -> Enrolment:
    made = enrol(served.ticket(), NAME, collecting.signer, NOW)
    enrolments.keep(folder, made)
    return made


def test_what_waits_is_sent_logged_and_only_then_deleted(tmp_path: Path) -> None:
    collecting = hubs.collector(tmp_path / "spool")
    with serving(tmp_path / "hub") as served:
        uploader = Uploader(enrolled(served, collecting, tmp_path), tmp_path)
        names = {collecting.seal(sighting(number)).name for number in range(5)}
        sent = uploader.send_waiting(tmp_path / "spool")
        uploader.close()
        assert (sent.sent, sent.waiting, sent.refused, sent.missing) == (5, 0, (), "")
        assert {path.name for path in segment.waiting_in(served.hub.admitted)} == names
        seen = enrolments.seen_head(tmp_path)
        assert seen == served.hub.log.head()
        assert seen.size == 6


def test_a_hub_that_is_away_loses_nothing_and_is_caught_up_with(tmp_path: Path) -> None:
    collecting = hubs.collector(tmp_path / "spool")
    with serving(tmp_path / "hub") as served:
        made = enrolled(served, collecting, tmp_path)
        port = int(made.url.rpartition(":")[2])
    for number in range(4):
        collecting.seal(sighting(number))
    uploader = Uploader(made, tmp_path)
    away = uploader.send_waiting(tmp_path / "spool")
    assert (away.sent, away.waiting) == (0, 4)
    assert "cannot be reached" in away.stopped
    with serving(tmp_path / "hub", port=port):
        assert uploader.send_waiting(tmp_path / "spool").sent == 4
        uploader.close()


def test_a_segment_whose_receipt_was_lost_is_sent_again_and_is_one(tmp_path: Path) -> None:
    collecting = hubs.collector(tmp_path / "spool")
    with serving(tmp_path / "hub") as served:
        uploader = Uploader(enrolled(served, collecting, tmp_path), tmp_path)
        path = collecting.seal(sighting(1))
        kept = path.read_bytes()
        uploader.send(path)
        path.write_bytes(kept)  # as if the receipt had never come
        assert uploader.has(path)
        assert uploader.send_waiting(tmp_path / "spool").sent == 1
        uploader.close()
        assert served.hub.log.head().size == 2
        assert len(segment.waiting_in(served.hub.admitted)) == 1


def test_a_damaged_segment_is_set_aside_and_the_others_go_on(tmp_path: Path) -> None:
    collecting = hubs.collector(tmp_path / "spool")
    with serving(tmp_path / "hub") as served:
        uploader = Uploader(enrolled(served, collecting, tmp_path), tmp_path)
        bad, _ = collecting.seal(sighting(1)), collecting.seal(sighting(2))
        held = bytearray(bad.read_bytes())
        held[len(held) // 3] ^= 1
        bad.write_bytes(held)
        sent = uploader.send_waiting(tmp_path / "spool")
        uploader.close()
        assert (sent.sent, len(sent.refused)) == (1, 1)
        assert sent.missing == "1-1"
        assert (tmp_path / "spool/refused" / bad.name).exists()


def test_a_hub_without_this_collector_gets_nothing_and_nothing_is_deleted(tmp_path: Path) -> None:
    collecting = hubs.collector(tmp_path / "spool")
    collecting.seal(sighting(1))
    with serving(tmp_path / "hub") as served:
        made = Enrolment(served.url, served.pin, str(served.hub.log.key), NOW, "", "")
        uploader = Uploader(made, tmp_path)
        sent = uploader.send_waiting(tmp_path / "spool")
        uploader.close()
    assert (sent.sent, sent.waiting) == (0, 1)
    assert "not enrolled" in sent.stopped


def test_another_certificate_than_the_pinned_one_gets_not_a_byte(tmp_path: Path) -> None:
    with serving(tmp_path / "hub") as served, pytest.raises(HubAwayError, match="certificate"):
        HubClient(served.url, "00" * 32).ask("GET", "/log/checkpoint")


def test_a_ticket_is_good_once_and_in_time(tmp_path: Path) -> None:
    collecting = hubs.collector(tmp_path / "spool")
    stranger = Signer("luzeiro/collector/other", b"x" * 32)
    with serving(tmp_path / "hub") as served:
        ticket = served.ticket()
        enrol(ticket, NAME, collecting.signer, NOW)
        enrol(ticket, NAME, collecting.signer, NOW)  # the answer was lost: the same again
        for used, told in ((ticket, "used already"), (served.ticket("b", hours=-1), "good until")):
            with pytest.raises(HubRefusedError, match=told):
                enrol(used, str(UUID(int=2)), stranger, NOW)
        with pytest.raises(HubRefusedError, match="another key"):
            enrol(served.ticket("c"), NAME, stranger, NOW)


class LyingClient(HubClient):
    """A hub that answers whatever it is told to."""

    def __init__(self, answers: dict[str, bytes]) -> None:
        super().__init__("https://hub.example", "")
        self._answers = answers

    def ask(self, method: str, *_: object, **__: object) -> Answer:
        return Answer(200, {}, self._answers[method])


def test_a_receipt_that_does_not_show_the_segment_deletes_nothing(tmp_path: Path) -> None:
    collecting, hub = hubs.collector(tmp_path / "spool"), Signer("luzeiro/hub/one", b"h" * 32)
    path = collecting.seal(sighting(1))
    log = Log(tmp_path / "log", hub.key)
    log.append([b"something else"], hub)
    made = Enrolment("https://hub.example", "", str(hub.key), NOW, "", "")
    for receipt in (log.proof(0), b"", b"ok"):
        uploader = Uploader(made, tmp_path, LyingClient({"PUT": receipt}))
        with pytest.raises(ReceiptError):
            uploader.send_waiting(tmp_path / "spool")
        assert path.exists()


def test_a_log_that_was_begun_anew_deletes_nothing(tmp_path: Path) -> None:
    collecting, hub = hubs.collector(tmp_path / "spool"), Signer("luzeiro/hub/one", b"h" * 32)
    path = collecting.seal(sighting(1))
    note = segment.note_of(path.read_bytes()) or b""
    old, new = Log(tmp_path / "old", hub.key), Log(tmp_path / "new", hub.key)
    old.append([b"a", b"b"], hub)
    new.append([note, b"c", b"d"], hub)
    enrolments.keep_head(tmp_path, old.checkpoint() or b"")
    made = Enrolment("https://hub.example", "", str(hub.key), NOW, "", "")
    uploader = Uploader(made, tmp_path, LyingClient({"PUT": new.proof(0), "GET": b"[]"}))
    with pytest.raises(ReceiptError, match="does not go on"):
        uploader.send_waiting(tmp_path / "spool")
    assert path.exists()
