import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.networks.edonkey.wire.tags import (
    TAGS_LIMIT,
    Tag,
    TagType,
    encode_tags,
    number,
    read_tag,
    read_tags,
    text,
)
from luzeiro.networks.kit.errors import WireError
from luzeiro.networks.kit.reader import Reader


def tag(data: bytes) -> Tag:
    return read_tag(Reader(data, "test"))


LONG = struct.pack("<H", 1) + b"\xfe"  # a name of one byte, in the long form


@pytest.mark.parametrize(
    ("kind", "body", "value"),
    [
        (TagType.HASH16, b"h" * 16, b"h" * 16),
        (TagType.STRING, b"\x03\0abc", b"abc"),
        (TagType.UINT32, b"\1\2\3\4", 0x04030201),
        (TagType.FLOAT32, b"abcd", b"abcd"),
        (TagType.BOOL, b"\1", 1),
        (TagType.BOOLARRAY, b"\x08\0ab", b"ab"),
        (TagType.BLOB, b"\2\0\0\0ab", b"ab"),
        (TagType.UINT16, b"\1\2", 0x0201),
        (TagType.UINT8, b"\7", 7),
        (TagType.BSOB, b"\2ab", b"ab"),
        (TagType.UINT64, b"\1" + bytes(7), 1),
        (TagType.STR1, b"a", b"a"),
        (TagType.STR22, b"a" * 22, b"a" * 22),
    ],
)
def test_every_type_is_read_in_both_forms(kind: int, body: bytes, value: int | bytes) -> None:
    assert tag(bytes([kind]) + LONG + body) == Tag(b"\xfe", value)
    assert tag(bytes([kind | 0x80, 0xFE]) + body) == Tag(b"\xfe", value)


def test_a_type_whose_length_nobody_knows_is_refused() -> None:
    with pytest.raises(WireError, match="type 0x5f"):
        tag(b"\x5f" + LONG)


def test_a_blob_longer_than_the_packet_is_refused_before_it_is_made() -> None:
    with pytest.raises(WireError, match="cut short"):
        tag(bytes([TagType.BLOB]) + LONG + b"\xff\xff\xff\x7f")


def test_more_tags_than_anybody_sends_are_refused() -> None:
    with pytest.raises(WireError, match="257 tags"):
        read_tags(Reader(b"", "test"), TAGS_LIMIT + 1)


def test_where_a_name_comes_twice_the_last_holds() -> None:
    twice = bytes([TagType.UINT8 | 0x80, 1, 5]) + bytes([TagType.UINT8 | 0x80, 1, 6])
    assert read_tags(Reader(twice, "test"), 2) == {b"\1": 6}


@given(
    st.lists(
        st.builds(
            Tag,
            st.binary(min_size=1, max_size=1),
            st.one_of(st.integers(0, 2**32 - 1), st.binary(max_size=300)),
        ),
        max_size=20,
        unique_by=lambda tag: tag.name,
    )
)
def test_what_we_write_is_read_again(tags: list[Tag]) -> None:
    reader = Reader(encode_tags(tags), "test")
    assert read_tags(reader, reader.uint32()) == {one.name: one.value for one in tags}
    assert reader.left == 0


def test_a_value_of_another_type_is_as_good_as_none() -> None:
    tags: dict[bytes, int | bytes] = {b"\1": b"caf\xe9", b"\2": 7}
    assert (number(tags, 2), number(tags, 1), number(tags, 9, 3)) == (7, 0, 3)
    assert (text(tags, 1), text(tags, 2)) == ("caf\\xe9", None)
