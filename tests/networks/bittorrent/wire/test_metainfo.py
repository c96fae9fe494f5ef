import contextlib
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import libtorrent as lt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luzeiro.networks.bittorrent.wire import bencode
from luzeiro.networks.bittorrent.wire.metainfo import parse_info, parse_torrent
from luzeiro.networks.bittorrent.wire.peerwire import PIECES_LIMIT
from luzeiro.networks.kit.errors import WireError
from tests.networks.bittorrent.wire.torrents import (
    HYBRID,
    PIECE,
    V1,
    V2,
    info_dict,
    leaf,
    make_torrent,
    v2_info,
    write_files,
)

SIZES = {"a.bin": PIECE + 100, "b/c.bin": 3 * PIECE, "b/d.bin": 50, "e.bin": 7 * PIECE}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lab") / "folder"
    write_files(path, SIZES)
    return path


@pytest.mark.parametrize("flags", [V1, V2, HYBRID])
def test_reads_what_libtorrent_makes_and_agrees_with_libtorrent(folder: Path, flags: int) -> None:
    raw = make_torrent(folder, flags)
    theirs, ours = lt.torrent_info(raw), parse_torrent(raw)
    files = theirs.layout()
    assert (ours.name, ours.piece_length) == (theirs.name(), theirs.piece_length())
    assert ours.piece_count == theirs.num_pieces()
    hashes = theirs.info_hashes()
    assert ours.btih == (hashes.v1.to_bytes() if hashes.has_v1() else None)
    assert ours.btmh == (hashes.v2.to_bytes() if hashes.has_v2() else None)
    assert {"/".join(file.path): file.size_bytes for file in ours.content_files} == SIZES
    # Of a v2 torrent libtorrent counts padding that the info dictionary does not have.
    index = {files.file_path(place): place for place in range(files.num_files())}
    for file in ours.content_files:
        place = index["/".join((ours.name, *file.path))]
        assert place == file.index or flags == V2
        first = theirs.map_file(place, 0, 0).piece
        last = theirs.map_file(place, file.size_bytes - 1, 0).piece
        assert (file.first_piece, file.last_piece) == (first, last)
        if flags != V1:
            assert file.pieces_root == files.root(place).to_bytes()


@pytest.mark.parametrize("flags", [V1, V2, HYBRID])
def test_a_single_file_has_every_piece_to_itself(tmp_path: Path, flags: int) -> None:
    write_files(tmp_path, {"one.bin": 40 * PIECE + 1})
    (file,) = parse_torrent(make_torrent(tmp_path / "one.bin", flags)).content_files
    assert (file.first_piece, file.last_piece) == (file.first_own, file.last_own) == (0, 40)
    assert file.path == ("one.bin",)


def test_v1_files_share_the_pieces_that_reach_into_both() -> None:
    sizes = [PIECE + 100, 100, PIECE, 0, 2 * PIECE]
    files: list[bencode.Encodable] = [
        {b"length": size, b"path": [b"%d" % index]} for index, size in enumerate(sizes)
    ]
    total = sum(sizes)
    info = info_dict(length=None, files=files, pieces=bytes(20 * -(-total // PIECE)))
    placed = [
        (each.first_piece, each.last_piece, each.first_own, each.last_own)
        for each in parse_info(info).content_files
    ]
    assert placed == [(0, 1, 0, 0), (1, 1, 2, 0), (1, 2, 2, 1), (2, 4, 3, 4)]


def test_padding_shares_no_piece_and_is_not_content() -> None:
    files: list[bencode.Encodable] = [
        {b"length": 100, b"path": [b"a"]},
        {b"attr": b"p", b"length": PIECE - 100, b"path": [b".pad", b"16284"]},
        {b"length": 5, b"path": [b"b"]},
    ]
    found = parse_info(info_dict(length=None, files=files, pieces=bytes(40)))
    assert [file.index for file in found.content_files] == [0, 2]
    assert [(file.first_own, file.last_own) for file in found.content_files] == [(0, 0), (1, 1)]


def test_an_empty_file_has_no_pieces() -> None:
    files: list[bencode.Encodable] = [
        {b"length": 0, b"path": [b"empty"]},
        {b"length": 5, b"path": [b"b"]},
    ]
    found = parse_info(info_dict(length=None, files=files, pieces=bytes(20)))
    assert found.files[0].last_piece < found.files[0].first_piece
    assert [file.path for file in found.content_files] == [("b",)]


def test_a_hybrid_is_numbered_as_v1_and_has_the_roots_of_v2(folder: Path) -> None:
    found = parse_torrent(make_torrent(folder, HYBRID))
    assert {len(file.pieces_root or b"") for file in found.content_files} == {32}
    assert any(file.padding for file in found.files)
    assert [file.index for file in found.content_files] != list(range(len(SIZES)))


def test_a_hybrid_whose_two_maps_differ_is_refused(folder: Path) -> None:
    info = _info(make_torrent(folder, HYBRID))
    fields = bencode.decode(info, spec="test")
    assert isinstance(fields, dict)
    tree = fields[b"file tree"]
    assert isinstance(tree, dict)
    tree[b"another.bin"] = tree.pop(b"e.bin")
    with pytest.raises(WireError):
        parse_info(bencode.encode(fields))


def test_a_name_that_is_not_utf_8_is_kept_readable() -> None:
    assert parse_info(info_dict(name=b"caf\xe9")).name == "caf\\xe9"


@pytest.mark.parametrize(
    "changes",
    [
        {"piece_length": 0},
        {"piece_length": -1},
        {"piece_length": b"16384"},
        {"piece_length": None},
        {"pieces": None},
        {"pieces": b""},
        {"pieces": bytes(39)},
        {"pieces": bytes(60)},
        {"pieces": []},
        {"length": -1},
        {"length": 0},
        {"length": 2**60},
        {"length": None},
        {"length": None, "files": []},
        {"length": None, "files": {}},
        {"length": None, "files": [b"x"]},
        {"length": None, "files": [{b"length": 5}]},
        {"length": None, "files": [{b"length": 5, b"path": []}]},
        {"length": None, "files": [{b"length": 5, b"path": [b".."]}]},
        {"length": None, "files": [{b"length": 5, b"path": [b"a/b"]}]},
        {"length": None, "files": [{b"length": 5, b"path": [b"x"] * 65}]},
        {"length": None, "files": [{b"length": 5, b"path": [5]}]},
        {"name": None},
        {"name": b""},
        {"name": 5},
        {"meta_version": 2},
        {"pieces": None, "meta_version": 3},
    ],
)
def test_a_v1_dictionary_that_makes_no_sense_is_refused(
    changes: "dict[str, bencode.Encodable | None]",
) -> None:
    with pytest.raises(WireError):
        parse_info(info_dict(**changes))


@pytest.mark.parametrize(
    "tree",
    [
        {},
        {b"a": 5},
        {b"a": {b"": 5}},
        {b"a": {b"": {b"length": 5}}},
        {b"a": {b"": {b"length": 5, b"pieces root": b"short"}}},
        {b"a": {b"": {b"length": -5, b"pieces root": bytes(32)}}},
        {b"a": {b"": {b"length": 5, b"pieces root": bytes(32)}, b"b": leaf(5)}},
        {b"a": {b"": {b"length": 0}}},
        {b"..": leaf(5)},
        {b"": leaf(5)},
    ],
)
def test_a_file_tree_that_makes_no_sense_is_refused(
    tree: "dict[bytes, bencode.Encodable]",
) -> None:
    with pytest.raises(WireError):
        parse_info(v2_info(tree))


@pytest.mark.parametrize("piece_length", [1, 8192, PIECE + 1, 3 * PIECE])
def test_v2_pieces_are_a_power_of_two_from_16_kib(piece_length: int) -> None:
    with pytest.raises(WireError, match="piece length"):
        parse_info(v2_info({b"a": leaf(5)}, piece_length))


def test_more_pieces_than_a_bitfield_can_tell_of_are_refused() -> None:
    assert parse_info(v2_info({b"a": leaf(PIECES_LIMIT * PIECE)})).piece_count == PIECES_LIMIT
    with pytest.raises(WireError, match="pieces"):
        parse_info(v2_info({b"a": leaf(PIECES_LIMIT * PIECE + 1)}))
    with pytest.raises(WireError, match="pieces"):
        parse_info(v2_info({b"a": leaf(2**50)}))


@pytest.mark.parametrize("flags", [V1, V2, HYBRID])
def test_each_truncation_is_refused(folder: Path, flags: int) -> None:
    raw = make_torrent(folder, flags)
    for size in range(len(raw)):
        with pytest.raises(WireError):
            parse_torrent(raw[:size])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_damage_gives_a_map_or_a_wire_error(folder: Path, data: st.DataObject) -> None:
    raw = bytearray(make_torrent(folder, HYBRID))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    try:
        assert parse_torrent(bytes(raw)).piece_count >= 1
    except WireError as error:
        assert str(error)


def test_what_is_no_metainfo_at_all_is_refused() -> None:
    for data in (b"", b"de", b"le", b"d4:infoi5ee", b"d4:infodee", b"<html>", bytes(1000)):
        with pytest.raises(WireError):
            parse_torrent(data)


@pytest.mark.parametrize(
    "hostile",
    [
        lambda size: info_dict(length=None, files=[{b"length": 0, b"path": [b"x"]}] * size),
        lambda size: v2_info({b"%06d" % place: leaf(5) for place in range(size)}),
        lambda size: b"d4:name" + b"l" * size,
        lambda size: info_dict(name=[0] * size),
    ],
    ids=["many files", "many v2 files", "deep", "a list for a name"],
)
def test_a_hostile_dictionary_costs_no_more_than_its_size(
    hostile: Callable[[int], bytes],
) -> None:
    small, large = (calls_of_parsing(hostile(size)) for size in (1_000, 8_000))
    assert large <= 8 * small


def calls_of_parsing(info: bytes) -> int:
    """How many functions are called for it: a measure of work that no other process sways."""
    calls = 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(count)
    try:
        with contextlib.suppress(WireError):
            parse_info(info)
    finally:
        sys.setprofile(None)
    return calls


def test_the_torrent_around_the_dictionary_does_not_change_the_infohash(folder: Path) -> None:
    info = _info(make_torrent(folder, V1))
    plain = parse_torrent(b"d4:info" + info + b"e")
    dressed = parse_torrent(b"d8:announce9:not asked4:info" + info + b"5:extrai1ee")
    assert replace(plain) == dressed == parse_info(info)


def _info(raw: bytes) -> bytes:
    start, end = bencode.span_of(raw)
    return raw[start:end]
