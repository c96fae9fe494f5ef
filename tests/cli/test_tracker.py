import csv
import json
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from socket import AF_INET, SOCK_DGRAM, socket

import pytest

from luzeiro.cli import tracker
from tests.cli.conftest import Luzeiro

WORD = ("--source", "A", "--category", "baseline", "--authority")


@pytest.fixture
def three_torrents(luzeiro: Luzeiro) -> list[str]:
    luzeiro("init")
    digests = [f"{number:02x}" * 20 for number in (1, 2, 3)]
    for digest in digests:
        luzeiro("catalogue", "add", f"magnet:?xt=urn:btih:{digest}", *WORD)
    return digests


@pytest.fixture
def seven_seeders() -> Iterator[str]:
    """A UDP tracker that says of every torrent that seven hold it; of one it declines to speak."""
    with closing(socket(AF_INET, SOCK_DGRAM)) as bound:
        bound.bind(("127.0.0.1", 0))
        over = threading.Event()

        def serve() -> None:
            while not over.is_set():
                with suppress(OSError):
                    asked, source = bound.recvfrom(4096)
                    bound.sendto(_answer(asked), source)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"udp://127.0.0.1:{bound.getsockname()[1]}"
        over.set()
        with closing(socket(AF_INET, SOCK_DGRAM)) as last:
            last.sendto(bytes(16), bound.getsockname())
        thread.join(5)


def _answer(asked: bytes) -> bytes:
    if len(asked) == 16:
        return b"\0\0\0\0" + asked[12:16] + bytes(8)
    if asked[16:17] == b"\x03":
        return b"\0\0\0\x03" + asked[12:16] + b"no\x1b[2J"
    return b"\0\0\0\x02" + asked[12:16] + (b"\0\0\0\x07" + bytes(8)) * (len(asked) // 20)


def test_counts_leave_as_one_object_a_line(
    luzeiro: Luzeiro, three_torrents: list[str], seven_seeders: str
) -> None:
    said = luzeiro("tracker", "scrape", seven_seeders, "--output", "json")
    rows = [json.loads(line) for line in said.out.splitlines()]
    assert said.status == 0
    assert [row["identifier"] for row in rows] == [f"btih:{one}" for one in three_torrents]
    assert {(row["seeders"], row["leechers"], row["completed"]) for row in rows} == {(7, 0, 0)}
    assert all(row["scraped_at"].endswith("Z") for row in rows)


@pytest.mark.usefixtures("three_torrents")
def test_people_see_a_shortened_identifier_unless_they_ask(
    luzeiro: Luzeiro, seven_seeders: str
) -> None:
    assert "btih:01010101…" in luzeiro("tracker", "scrape", seven_seeders).out
    assert "btih:" + "01" * 20 in luzeiro("tracker", "scrape", seven_seeders, "--full").out


def test_a_watch_set_of_any_size_is_asked_for_some_at_a_time(
    luzeiro: Luzeiro,
    three_torrents: list[str],
    seven_seeders: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tracker, "_TARGETS_AT_ONCE", 1)
    said = luzeiro("tracker", "scrape", seven_seeders, "--output", "csv")
    rows = list(csv.DictReader(said.out.splitlines()))
    # The third is declined: the two before it are told, the fault is named, its text harmless.
    assert [row["identifier"] for row in rows] == [f"btih:{one}" for one in three_torrents[:2]]
    assert said.status == 1
    assert "declined: no" in said.err
    assert "\x1b" not in said.err


@pytest.mark.usefixtures("three_torrents")
def test_a_tracker_that_cannot_be_asked_is_named(luzeiro: Luzeiro) -> None:
    said = luzeiro("tracker", "scrape", "nonsense")
    assert said.status == 1
    assert "nonsense: bad address" in said.err
    assert "Traceback" not in said.err


def test_nothing_to_ask_for_is_said(luzeiro: Luzeiro) -> None:
    luzeiro("init")
    said = luzeiro("tracker", "scrape", "udp://127.0.0.1:1")
    assert said.status == 2
    assert "names nothing" in said.err


def test_asking_a_tracker_changes_nothing_at_home(
    luzeiro: Luzeiro, three_torrents: list[str], seven_seeders: str, tmp_path: Path
) -> None:
    luzeiro("tracker", "scrape", seven_seeders)
    assert three_torrents
    for folder in ("spool", "segments"):
        assert list((tmp_path / "home" / folder).iterdir()) == []
