import base64
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.catalogue.lists.links import looks_so, read, read_link
from luzeiro.catalogue.readers.errors import FieldError
from luzeiro.catalogue.rows import ListRow, RejectedRow
from luzeiro.observations.identifiers import Identifier, IdentifierKind

HEX = "ab" * 20
BTIH = Identifier(IdentifierKind.BTIH, b"\xab" * 20)


def test_a_magnet_link_names_a_torrent_in_hexadecimal_or_base32() -> None:
    base32 = base64.b32encode(BTIH.digest).decode()
    for spelled in (HEX, HEX.upper(), base32, base32.lower()):
        assert read_link(f"magnet:?xt=urn:btih:{spelled}", "x").identifiers == (BTIH,)


def test_a_hybrids_magnet_link_has_both_names() -> None:
    link = f"magnet:?xt=urn:btih:{HEX}&xt=urn:btmh:1220{'cd' * 32}"
    btmh = Identifier(IdentifierKind.BTMH, b"\xcd" * 32)
    assert set(read_link(link, "x").identifiers) == {BTIH, btmh}


def test_a_name_in_a_link_is_not_kept() -> None:
    row = read_link(f"magnet:?xt=urn:btih:{HEX}&dn=some+words&tr=udp%3A%2F%2Fx", "x")
    assert row == ListRow(at="x", identifiers=(BTIH,))


def test_a_torrents_name_is_not_mixed_with_a_files() -> None:
    link = f"magnet:?xt.1=urn:btih:{HEX}&xt.2=urn:ed2k:{'ee' * 16}&xl=5"
    assert read_link(link, "x") == ListRow(at="x", identifiers=(BTIH,))
    of_file = read_link(f"magnet:?xt=urn:ed2k:{'ee' * 16}&xl=5", "x")
    assert (of_file.identifiers[0].kind, of_file.size_bytes) == (IdentifierKind.ED2K, 5)


def test_an_ed2k_link_names_a_file_with_its_size_and_aich() -> None:
    aich = base64.b32encode(b"\x01" * 20).decode()
    row = read_link(f"ed2k://|file|a%20name.bin|1234|{'EE' * 16}|h={aich}|/", "x")
    assert row.size_bytes == 1234
    assert {one.kind: one.digest for one in row.identifiers} == {
        IdentifierKind.ED2K: b"\xee" * 16,
        IdentifierKind.AICH: b"\x01" * 20,
    }


@pytest.mark.parametrize(
    "link",
    [
        "",
        "http://192.0.2.1/x.torrent",
        "magnet:?",
        "magnet:?dn=words",
        "magnet:?xt=urn:btih:zz",
        f"magnet:?xt=urn:btih:{HEX}0",
        f"magnet:?xt=urn:btih:{'1' * 32}",  # 1 is not in base32
        f"magnet:?xt=urn:btmh:1114{'cd' * 20}",
        f"magnet:?xt=urn:btih:{HEX}&xt=urn:btih:{'cd' * 20}",
        "magnet:?" + "&".join(f"x{number}=1" for number in range(99)),
        "ed2k://|server|192.0.2.1|4661|/",
        "ed2k://|file|name|-5|" + "ee" * 16 + "|/",
        "ed2k://|file|name|5|" + "ee" * 15 + "|/",
        "ed2k://|file|name|5|31d6cfe0d16ae931b73c59d7e0c089c0|/",
    ],
)
def test_what_names_nothing_is_refused(link: str) -> None:
    with pytest.raises(FieldError):
        read_link(link, "x")


def test_a_bad_line_is_named_and_the_good_ones_are_kept() -> None:
    text = f"# a comment\n\nmagnet:?xt=urn:btih:{HEX}\nnonsense\nmagnet:?xt=urn:btih:{HEX}"
    assert [(type(row), row.at) for row in read(io.BytesIO(text.encode()))] == [
        (ListRow, "line 3"),
        (RejectedRow, "line 4"),
        (ListRow, "line 5"),
    ]


@given(st.binary(max_size=400), st.sampled_from([b"magnet:?xt=urn:btih:", b"ed2k://|file|", b""]))
def test_any_bytes_are_rows_or_rejections(data: bytes, start: bytes) -> None:
    for row in read(io.BytesIO(start + data)):
        assert isinstance(row, ListRow | RejectedRow)


def test_links_show_in_the_first_bytes() -> None:
    assert looks_so(b"\xef\xbb\xbfMAGNET:?xt=")
    assert looks_so(b"\n ed2k://|file")
    assert not looks_so(b"md5,size\n")
