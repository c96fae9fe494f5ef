import io
import sys
from pathlib import Path

import pytest

from luzeiro.cli.catalogue.progress import CountedStream, counted


def test_a_counted_stream_knows_how_far_it_is(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_bytes(b"one\ntwo\nthree\n")
    with path.open("rb") as file:
        stream = CountedStream(file)
        assert stream.read(4) == b"one\n"
        assert stream.readline() == b"two\n"
        assert (stream.bytes_read, stream.name) == (8, str(path))
        stream.seek(0)
        assert (stream.bytes_read, stream.fileno()) == (0, file.fileno())


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("screen", "shown"), [(Terminal(), True), (io.StringIO(), False)])
def test_rows_pass_unchanged_and_are_shown_to_a_person_only(
    screen: io.StringIO, shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with counted(range(5_000), "list", None, 5_000) as rows:
        assert list(rows) == list(range(5_000))
    assert ("4,000 rows" in screen.getvalue()) is shown
