"""The header says what a file is, and its sizes follow from the kind and the count."""

from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.matching.layout import (
    HEADER_BYTES,
    MAX_COUNT,
    DamagedIndexError,
    Layout,
    bucket_bits,
    width_of,
)
from luzeiro.observations.identifiers import WIDTH_BYTES, IdentifierKind

HERE = Path("sha1.index")


@pytest.mark.parametrize("count", [5_000_000, 99_999_999, 100_000_000, 134_217_728, 1_000_000_000])
def test_a_20_byte_digest_takes_25_bytes_at_most(count: int) -> None:
    layout = Layout(IdentifierKind.SHA1, count)
    assert layout.file_bytes / count <= 25.002  # the header and block checksums: 0.003


def test_100_million_digests_take_less_than_25_bytes_each() -> None:
    assert Layout(IdentifierKind.SHA1, 100_000_000).file_bytes < 2_500_000_000


@pytest.mark.parametrize("count", [2**n + d for n in range(8, 31) for d in (-1, 0, 1)])
def test_four_to_eight_digests_share_a_bucket(count: int) -> None:
    mean = count / (1 << bucket_bits(count))
    assert mean <= 8
    assert mean >= 4 or bucket_bits(count) == 8


@pytest.mark.parametrize("kind", WIDTH_BYTES)
@pytest.mark.parametrize("count", [0, 1, 77, MAX_COUNT])
def test_a_header_reads_back(kind: IdentifierKind, count: int) -> None:
    layout = Layout(kind, count)
    header = layout.header(b"seals")
    assert len(header) == HEADER_BYTES
    assert Layout.read(header, HERE) == layout
    layout.check_seals(header, b"seals", HERE)


def test_sections_follow_each_other_on_cache_lines() -> None:
    layout = Layout(IdentifierKind.MD5, 1001)
    ends = [layout.keys_at, layout.tails_at, layout.offsets_at, layout.seals_at]
    assert ends == sorted(ends)
    assert all(end % 64 == 0 for end in ends)


def test_other_seals_than_the_header_knows_are_refused() -> None:
    layout = Layout(IdentifierKind.SHA1, 5)
    with pytest.raises(DamagedIndexError, match=r"sha1\.index: the checksum of its block"):
        layout.check_seals(layout.header(b"seals"), b"other", HERE)


def test_each_changed_bit_of_a_header_is_refused() -> None:
    header = Layout(IdentifierKind.SHA1, 5).header(b"seals")
    for at in range(HEADER_BYTES):
        changed = header[:at] + bytes([header[at] ^ 1]) + header[at + 1 :]
        with pytest.raises(DamagedIndexError):
            Layout.read(changed, HERE)


def test_what_is_no_index_is_told_so() -> None:
    with pytest.raises(DamagedIndexError, match="this is not a matching index"):
        Layout.read(b"PK\x03\x04".ljust(256), HERE)


@given(st.binary(max_size=216), st.booleans())
def test_any_header_is_read_or_refused_even_if_well_sealed(fields: bytes, sealed: bool) -> None:
    head = (b"LUZINDEX" + fields).ljust(224, b"\0")
    with suppress(DamagedIndexError):
        layout = Layout.read(head + (sha256(head).digest() if sealed else bytes(32)), HERE)
        assert sealed
        assert layout.file_bytes >= HEADER_BYTES


def test_a_later_version_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("luzeiro.matching.layout._VERSION", 2)
    header = Layout(IdentifierKind.SHA1, 5).header(b"seals")
    monkeypatch.undo()
    with pytest.raises(DamagedIndexError, match="version 2, this one reads 1"):
        Layout.read(header, HERE)


def test_a_well_sealed_header_that_makes_no_sense_is_refused() -> None:
    header = bytearray(Layout(IdentifierKind.SHA1, 5).header(b"seals"))
    for at, why in ((16, "unknown kind"), (48, "makes no sense")):
        head = header[:at] + bytes(4) + header[at + 4 : 224]
        with pytest.raises(DamagedIndexError, match=why):
            Layout.read(bytes(head) + sha256(head).digest(), HERE)


def test_a_cid_has_no_index_of_its_own() -> None:
    with pytest.raises(ValueError, match="a cid has no fixed width"):
        width_of(IdentifierKind.CID)
