import contextlib
import zipfile
from io import BytesIO

import pytest

from luzeiro.evidence.verifier.bag import (
    BAGIT,
    MANIFEST,
    TAG_MANIFEST,
    BagError,
    check_bag,
    manifest_of,
    read_zip,
)
from luzeiro.package.make import zip_of

PAYLOAD = {"data/a.txt": b"one", "data/é/b": b"two"}


def bag() -> dict[str, bytes]:
    tags = {"bagit.txt": BAGIT, "bag-info.txt": b"A: b\n", MANIFEST: manifest_of(PAYLOAD)}
    return {**PAYLOAD, **tags, TAG_MANIFEST: manifest_of(tags)}


def test_a_bag_that_nobody_changed_is_whole() -> None:
    members, wrong = read_zip(zip_of(bag()))
    assert (members, wrong, check_bag(members)) == (bag(), [], [])


def test_other_programs_read_the_container() -> None:
    with zipfile.ZipFile(BytesIO(zip_of(bag()))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == bag()


@pytest.mark.parametrize(
    ("nth", "one_said", "other_said"), [(0, "b.txt", "a.txt"), (1, "a.txt", "b.txt")]
)
def test_a_name_changed_in_the_directory_or_before_the_content_is_told_with_both(
    nth: int, one_said: str, other_said: str
) -> None:
    packed = zip_of(bag())
    at = [place for place in range(len(packed)) if packed.startswith(b"data/a.txt", place)]
    place = (at[0], at[-1])[nth]
    changed = packed[:place] + b"data/b.txt" + packed[place + len(b"data/b.txt") :]
    _, wrong = read_zip(changed)
    expected = f"data/{other_said}: so the container's directory calls a member whose own entry"
    assert any(one.startswith(expected) and f"says data/{one_said}" in one for one in wrong)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"data/a.txt": b"onE"}, "data/a.txt: changed"),
        ({"data/new": b""}, "data/new: not named"),
        ({"bag-info.txt": b"A: c\n"}, "bag-info.txt: changed"),
        ({"bagit.txt": b"BagIt-Version: 0.97\n"}, "not the declaration"),
        ({MANIFEST: b""}, f"{MANIFEST}: changed"),
    ],
)
def test_what_is_changed_in_a_bag_is_named(change: dict[str, bytes], told: str) -> None:
    assert any(told in one for one in check_bag({**bag(), **change}))


@pytest.mark.parametrize("gone", ["data/a.txt", "bag-info.txt", MANIFEST, TAG_MANIFEST])
def test_what_is_missing_is_named(gone: str) -> None:
    held = bag()
    del held[gone]
    assert any(f"{gone}: missing" in one for one in check_bag(held))


def test_a_manifest_written_otherwise_is_named() -> None:
    held = bag()
    held[MANIFEST] = held[MANIFEST].upper().replace(b"DATA", b"data")
    assert check_bag(held)


def test_each_changed_bit_of_a_container_is_noticed() -> None:
    raw = zip_of({"a": b"1", "b": b"22"})
    for bit in range(8 * len(raw)):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        try:
            members, wrong = read_zip(bytes(changed))
        except BagError:
            continue
        assert wrong or members != {"a": b"1", "b": b"22"}


def test_bytes_before_between_and_after_members_are_noticed() -> None:
    raw = zip_of({"a": b"1"})
    for changed in (b"x" + raw, raw + b"x", raw.replace(b"1PK", b"1xPK")):
        with contextlib.suppress(BagError):
            assert read_zip(changed)[1]


def test_what_is_no_zip_is_told() -> None:
    for raw in (b"", b"no zip", b"PK\x03\x04"):
        with pytest.raises(BagError):
            read_zip(raw)
