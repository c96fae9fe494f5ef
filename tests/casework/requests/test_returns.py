import csv
import io
import json
from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luzeiro.casework.paper.instants import local_text, utc_text
from luzeiro.casework.requests.document import RequestDocument
from luzeiro.casework.requests.returns import (
    COLUMNS,
    Answer,
    Fault,
    Unreadable,
    disagree,
    mismatches,
    names_several,
    read_csv,
    read_json_answer,
)
from tests.casework.requests.documents import document

DOCUMENT = document()

# How fast examples come depends on what else the machine does.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def echo(made: RequestDocument = DOCUMENT, /, **changes: str) -> list[Answer]:
    """An answer that repeats what was asked."""
    return [
        replace(
            Answer(
                reference=made.reference,
                line=str(line.number),
                address=line.sighting.address,
                port=str(line.sighting.port),
                at=utc_text(line.sighting.seen_at),
                name="Sample Person",
                document="00.000.000",
                installation_address="Sample Street 1",
                billing_address="Sample Street 2",
            ),
            **changes,
        )
        for line in made.lines
    ]


def faults(answers: list[Answer]) -> set[Fault]:
    return {one.fault for one in mismatches(DOCUMENT, answers)}


def as_csv(answers: list[Answer], delimiter: str = ",") -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(asdict(one) for one in answers)
    return out.getvalue().encode()


def test_an_answer_that_repeats_what_was_asked_may_be_used() -> None:
    assert mismatches(DOCUMENT, echo()) == []


def test_the_local_time_with_its_offset_is_the_same_instant() -> None:
    answers = [
        replace(one, at=local_text(line.sighting.seen_at, "America/Sao_Paulo"))
        for one, line in zip(echo(), DOCUMENT.lines, strict=True)
    ]
    assert mismatches(DOCUMENT, answers) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"reference": "AR-2026-000002"}, Fault.REFERENCE),
        ({"line": "7"}, Fault.UNKNOWN_LINE),
        ({"line": "1"}, Fault.TWICE),
        ({"address": "192.0.2.70"}, Fault.ADDRESS),
        ({"address": ""}, Fault.ADDRESS),
        ({"port": "51414"}, Fault.PORT),
        ({"port": ""}, Fault.PORT),
        ({"at": "2026-11-24T04:37:31.123456"}, Fault.NO_OFFSET),
        ({"at": ""}, Fault.NO_OFFSET),
        ({"at": "2025-11-24T04:37:31.123456Z"}, Fault.INSTANT),
        ({"at": "2026-11-24T04:37:31.123456-03:00"}, Fault.INSTANT),
        ({"name": "", "installation_address": ""}, Fault.NOBODY),
        ({"result": "no record"}, Fault.NOBODY),
    ],
)
def test_each_difference_is_found(changes: dict[str, str], fault: Fault) -> None:
    first, *rest = echo()
    assert fault in faults([first, *[replace(one, **changes) for one in rest]])


def test_a_line_that_is_not_answered_is_found() -> None:
    assert faults(echo()[:1]) == {Fault.MISSING}


def test_that_there_is_no_record_is_an_answer() -> None:
    nobody = {"name": "", "document": "", "installation_address": "", "billing_address": ""}
    assert mismatches(DOCUMENT, echo(result="no record", **nobody)) == []


@UNHURRIED
@given(st.integers(-(10**9), 10**9).filter(bool))
def test_an_instant_that_differs_by_anything_is_found(microseconds: int) -> None:
    shifted = timedelta(microseconds=microseconds)
    answers = [
        replace(one, at=utc_text(line.sighting.seen_at + shifted))
        for one, line in zip(echo(), DOCUMENT.lines, strict=True)
    ]
    assert faults(answers) == {Fault.INSTANT}


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_csv_and_json_read_alike(delimiter: str) -> None:
    told = {"reference": DOCUMENT.reference, "answers": [asdict(one) for one in echo()]}
    assert read_csv(as_csv(echo(), delimiter)) == echo()
    assert read_json_answer(json.dumps(told).encode()) == echo()


def test_a_byte_order_mark_is_no_letter() -> None:
    assert read_csv(b"\xef\xbb\xbf" + as_csv(echo())) == echo()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\xff\xfe", "not UTF-8, at byte 0"),
        (b"", "no line"),
        (b"line,address\r\n", "no line"),
        (b"line,colour\r\n1,red\r\n", "no column is called 'colour'"),
        (b"line,name\r\n1," + b"x" * 301 + b"\r\n", "line 1: name is too long"),
        (b"line,name\r\n1,a\x07b\r\n", "letters that do not print"),
        (b"x" * 1_000_001, "larger than"),
    ],
)
def test_what_cannot_be_read_says_what_and_where(data: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read_csv(data)


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"answers": 3}', b'{"answers": [1]}'])
def test_json_of_another_shape_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        read_json_answer(data)


@UNHURRIED
@given(st.binary(max_size=300))
def test_any_bytes_are_an_answer_or_unreadable(data: bytes) -> None:
    for read in (read_csv, read_json_answer):
        try:
            assert read(data)
        except Unreadable:
            continue


def test_two_answers_that_name_different_people_or_doors_disagree() -> None:
    assert not disagree(echo(), echo(billing_address="Elsewhere 3"))
    assert not disagree(echo(), echo(document="00 000 000"))
    assert disagree(echo(), echo(document="11.111.111"))
    assert disagree(echo(), echo(installation_address="Sample Street 11"))
    assert not disagree(echo(), [])


def test_an_address_that_changed_hands_is_seen() -> None:
    first, second = echo()
    assert not names_several([first, second])
    assert names_several([first, replace(second, document="11.111.111")])
