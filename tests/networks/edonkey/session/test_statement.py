import pytest

from luzeiro.networks.edonkey.session.statement import Statement, user_hash_form
from luzeiro.networks.edonkey.watch import PART_BYTES, WatchedEd2kFile
from luzeiro.networks.edonkey.wire.client import (
    AichFileHash,
    FileName,
    FileReqAnsNoFil,
    FileStatus,
    HelloAnswer,
    MuleInfo,
    PublicKey,
)

FILE = b"\x11" * 16
THREE_PARTS = WatchedEd2kFile(FILE, 3 * PART_BYTES - 5)


def statement(*answers: FileName | FileStatus | FileReqAnsNoFil) -> Statement:
    made = Statement(HelloAnswer(FILE, 0, 0, {}, bytes(6)), 5)
    for at_us, answer in enumerate(answers, 10):
        made.hear(answer, at_us)
    return made


def status(parts: int, bits: bytes) -> FileStatus:
    return FileStatus(FILE, parts, bits)


@pytest.mark.parametrize(
    ("told", "share"),
    [
        (status(0, b""), 100.0),
        (status(3, b"\x07"), 100.0),
        (status(3, b"\x02"), 100 / 3),
        (status(3, b"\x00"), 0.0),
        (status(3, b"\xf8"), 0.0),  # bits beyond the last part say nothing
    ],
)
def test_the_part_map_gives_the_share_in_per_cent(told: FileStatus, share: float) -> None:
    assert statement(told).completeness(THREE_PARTS) == share
    assert statement(told).holds_some(THREE_PARTS) == (share > 0)


def test_a_part_map_of_another_length_is_no_statement() -> None:
    made = statement(status(4, b"\x0f"))
    assert not made.fits(THREE_PARTS)
    assert (made.completeness(THREE_PARTS), made.holds_some(THREE_PARTS)) == (None, False)


def test_without_a_size_the_part_map_stands_for_itself() -> None:
    assert statement(status(4, b"\x03")).completeness(WatchedEd2kFile(FILE, None)) == 50.0


def test_the_empty_part_of_a_file_of_whole_parts_is_not_counted() -> None:
    assert statement(status(3, b"\x01")).completeness(WatchedEd2kFile(FILE, 2 * PART_BYTES)) == 50.0


def test_who_refuses_holds_nothing_whatever_else_was_said() -> None:
    made = statement(status(0, b""), FileReqAnsNoFil(FILE))
    assert (made.refused, made.holds_some(THREE_PARTS)) == (True, False)


def test_a_name_alone_is_no_answer_about_parts() -> None:
    made = statement(FileName(FILE, b"a"))
    assert (made.is_answered, made.completeness(THREE_PARTS), made.name) == (False, None, b"a")
    assert made.stated_at_us == 5
    assert statement(status(0, b"")).stated_at_us == 10


def test_what_is_said_beside_it_is_noted_once() -> None:
    made = statement()
    for message in (AichFileHash(FILE, b"r" * 20), PublicKey(b"one"), PublicKey(b"two")):
        made.note(message)
    for version in range(5):
        made.note(MuleInfo(version, {}))
    assert (made.aich_root, made.public_key, len(made.infos)) == (b"r" * 20, b"one", 2)


@pytest.mark.parametrize(
    ("five", "fourteen", "form"),
    [(0x0E, 0x6F, "eMule"), (0x0D, 0x6E, "old eMule"), (0x4D, 0x4C, "MLdonkey"), (0, 0, None)],
)
def test_the_form_of_a_user_hash_tells_its_maker(
    five: int, fourteen: int, form: str | None
) -> None:
    user_hash = bytearray(16)
    user_hash[5], user_hash[14] = five, fourteen
    assert user_hash_form(bytes(user_hash)) == form
