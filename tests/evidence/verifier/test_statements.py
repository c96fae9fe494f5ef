import hashlib

import pytest

from luzeiro.evidence.verifier.statements import (
    ENROLMENT,
    FIRST,
    SEGMENT,
    SegmentSeal,
    StatementError,
    read,
    read_seal,
    write,
)

SEAL = SegmentSeal(
    collector="00000000-0000-0000-0000-000000000001",
    sequence=2,
    previous=b"p" * 32,
    encoding="LZS1",
    sightings=5,
    root=b"r" * 32,
    first_seen_at="2026-03-04T05:06:07.890123Z",
    last_seen_at="2026-03-04T05:06:08.000000Z",
)


def test_a_seal_is_read_as_it_was_written() -> None:
    assert read_seal(SEAL.text) == SEAL
    assert SEAL.text.startswith("luzeiro/segment@v1\ncollector 0000")


def test_the_digest_is_over_the_text() -> None:
    assert SEAL.digest == hashlib.sha256(SEAL.text.encode()).digest()
    assert len(FIRST) == 32


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("sequence 2", "sequence 02"),
        ("sequence 2", "sequence 0"),
        ("sequence 2", "sequence two"),
        ("root 72", "root 7"),
        ("previous 70", "previous 7F"),
        ("sightings 5\n", ""),
        ("sightings 5\n", "sightings 5\nsightings 5\n"),
        ("encoding LZS1", "encoding "),
        ("@v1", "@v2"),
    ],
)
def test_another_spelling_is_no_seal(old: str, new: str) -> None:
    with pytest.raises(StatementError):
        read_seal(SEAL.text.replace(old, new))


def test_a_statement_of_another_kind_is_refused() -> None:
    text = write(ENROLMENT, ("one", "a label of words", "key", "2026"))
    assert read(ENROLMENT, text)["label"] == "a label of words"
    with pytest.raises(StatementError):
        read(SEGMENT, text)
