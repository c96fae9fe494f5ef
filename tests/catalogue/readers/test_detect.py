"""Formats by their first bytes."""

import pytest

from luzeiro.catalogue.readers.detect import FORMATS, HEAD_BYTES, detect
from luzeiro.catalogue.readers.errors import ListError
from tests.catalogue.readers import builders
from tests.catalogue.readers.builders import media, ncmec_entry, nsrl_row

_VICS = builders.vics_media([media()])


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("vics", _VICS),
        ("vics", b"\xef\xbb\xbf" + _VICS),
        ("vics", _VICS.decode().encode("utf-16")),
        ("vics", builders.vics_1_3([])),
        ("vics", builders.vics_cases([], indent=4)),
        ("caid", builders.vics_media([], region="UK")),
        ("ncmec", builders.ncmec(ncmec_entry(1))),
        ("nsrl", builders.nsrl([nsrl_row(1)])),
        ("encase", builders.encase_set([])),
        ("hashkeeper", builders.hashkeeper(1)),
    ],
)
def test_a_format_shows_in_the_first_bytes(name: str, data: bytes) -> None:
    assert detect(data[:HEAD_BYTES]) == name


@pytest.mark.parametrize("data", [b"", b"MD5,SHA1\n", b"{}", b"<a/>", b"\xff\xfe", b"\0" * 4096])
def test_what_shows_nothing_must_be_named(data: bytes) -> None:
    with pytest.raises(ListError, match=r"Name it with --format \(vics, caid"):
        detect(data)


def test_only_the_nsrls_files_are_benign() -> None:
    assert [name for name, its in FORMATS.items() if its.benign] == ["nsrl"]
