"""An open index answers as a dictionary would, whatever the digests look like."""

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.matching import index as index_module
from luzeiro.matching.build import Addition, build_index
from luzeiro.matching.index import MatchingIndex
from luzeiro.matching.layout import DamagedIndexError, width_of
from luzeiro.observations.identifiers import IdentifierKind
from tests.matching.digests import (
    addition,
    digests_that_collide,
    kinds_and_entries,
    random_digests,
    table,
)

SHA1 = IdentifierKind.SHA1


def built(path: Path, kind: IdentifierKind, entry_of: dict[bytes, int]) -> MatchingIndex:
    build_index(path, kind, [addition(entry_of, width_of(kind))])
    return MatchingIndex.open(path)


@given(kinds_and_entries(), st.data())
def test_one_by_one_and_in_a_batch_it_answers_as_a_dictionary(
    case: tuple[IdentifierKind, dict[bytes, int]], data: st.DataObject
) -> None:
    kind, entry_of = case
    width = width_of(kind)
    strangers = data.draw(st.lists(digests_that_collide(width), max_size=20))
    asked = [*strangers, *entry_of]
    with TemporaryDirectory() as folder:
        index = built(Path(folder, "index"), kind, entry_of)
        assert [index.entry_of(digest) for digest in asked] == [*map(entry_of.get, asked)]
        expected = [entry_of.get(digest, -1) for digest in asked]
        index.verify()  # so that the batch is searched as one
        assert index.find_entries(table(asked, width)).tolist() == expected


def test_digests_crowded_into_one_bucket_are_all_found(tmp_path: Path) -> None:
    digests = random_digests(100_000)
    digests[:, :6] = 0x55  # one bucket, and 65,536 different keys
    build_index(tmp_path / "index", SHA1, [Addition(digests, np.arange(100_000))])
    index = MatchingIndex.open(tmp_path / "index")
    assert (index.find_entries(digests[::-1]) == np.arange(100_000)[::-1]).all()
    assert index.entry_of(digests[77].tobytes()) == 77
    digests[:, 19] ^= 1
    assert (index.find_entries(digests[:2000]) == -1).all()


def test_digests_that_share_all_of_a_key_are_told_apart(tmp_path: Path) -> None:
    digests = random_digests(3000)
    digests[:, :8] = 0xFF
    build_index(tmp_path / "index", SHA1, [Addition(digests[:2000], np.arange(2000))])
    index = MatchingIndex.open(tmp_path / "index")
    found = index.find_entries(digests)
    assert (found[:2000] == np.arange(2000)).all()
    assert (found[2000:] == -1).all()


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    index = built(tmp_path / "index", SHA1, {})
    assert len(index) == 0
    assert index.entry_of(b"\xff" * 20) is None
    index.verify()
    assert index.find_entries(np.full((1, 20), 255, np.uint8)).tolist() == [-1]


def test_digests_may_lie_anywhere_in_memory(tmp_path: Path) -> None:
    digests = random_digests(2000)
    build_index(tmp_path / "index", SHA1, [Addition(digests, np.arange(2000))])
    index = MatchingIndex.open(tmp_path / "index")
    wide = np.zeros((2000, 33), np.uint8)
    wide[:, 7:27] = digests
    assert (index.find_entries(wide[:, 7:27]) == np.arange(2000)).all()
    odd = np.frombuffer(b"\0" + digests.tobytes(), np.uint8)[1:].reshape(-1, 20)
    assert (index.find_entries(odd) == np.arange(2000)).all()


@pytest.mark.parametrize("digest", [b"", bytes(19), bytes(21), bytes(32)])
def test_a_digest_of_another_width_is_refused(tmp_path: Path, digest: bytes) -> None:
    index = built(tmp_path / "index", SHA1, {bytes(20): 1})
    with pytest.raises(ValueError, match="a sha1 has 20 bytes, got"):
        index.entry_of(digest)
    with pytest.raises(ValueError, match="a sha1 has 20 bytes, got"):
        index.find_entries(table([bytes(32)], 32))


def test_digests_that_are_no_table_of_bytes_are_refused(tmp_path: Path) -> None:
    index = built(tmp_path / "index", SHA1, {})
    with pytest.raises(ValueError, match="table of bytes"):
        index.find_entries(np.zeros(20, np.uint8))


def test_large_and_small_batches_answer_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = random_digests(5000)
    build_index(tmp_path / "index", SHA1, [Addition(digests[:2500], np.arange(2500))])
    index = MatchingIndex.open(tmp_path / "index")
    expected = [*range(2500), *[-1] * 2500]
    assert index.find_entries(digests).tolist() == expected
    monkeypatch.setattr(index_module, "WORTH_COMPILING", 1)
    assert index.find_entries(digests).tolist() == expected


class TestDamage:
    """No answer comes from a block that is not as it was written."""

    ROWS = 40_000  # four blocks

    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        digests = random_digests(self.ROWS)
        build_index(tmp_path / "index", SHA1, [Addition(digests, np.arange(self.ROWS))])
        return tmp_path / "index"

    @pytest.mark.parametrize("seed", range(40))
    def test_a_changed_byte_is_refused_or_never_read(self, path: Path, seed: int) -> None:
        random = np.random.default_rng(seed)
        whole = bytearray(path.read_bytes())
        at = int(random.choice([random.integers(256), random.integers(len(whole))]))
        whole[at] ^= int(random.integers(1, 256))
        path.write_bytes(whole)
        with pytest.raises(DamagedIndexError, match="Build the index anew"):
            MatchingIndex.open(path).verify()
        with pytest.raises(DamagedIndexError):
            MatchingIndex.open(path).find_entries(random_digests(2000, seed=2))
        self.assert_that_answers_are_right_or_refused(path)

    def assert_that_answers_are_right_or_refused(self, path: Path) -> None:
        try:
            index = MatchingIndex.open(path)
        except DamagedIndexError:
            return
        for entry, digest in enumerate(random_digests(self.ROWS)[:500]):
            with suppress(DamagedIndexError):
                assert index.entry_of(digest.tobytes()) == entry

    def test_single_lookups_that_need_no_damaged_block_still_answer(self, path: Path) -> None:
        whole = bytearray(path.read_bytes())
        whole[256] ^= 1  # the lowest key
        path.write_bytes(whole)
        index = MatchingIndex.open(path)
        assert index.entry_of(b"\xff" * 20) is None
        with pytest.raises(DamagedIndexError, match="bytes 256 to 262400 is wrong"):
            index.entry_of(bytes(20))

    @pytest.mark.parametrize("keep", [0, 7, 255, 256, 300_000, -1])
    def test_a_file_cut_short_is_refused_at_open(self, path: Path, keep: int) -> None:
        path.write_bytes(path.read_bytes()[:keep])
        with pytest.raises(DamagedIndexError):
            MatchingIndex.open(path)

    def test_a_file_with_more_at_its_end_is_refused_at_open(self, path: Path) -> None:
        path.write_bytes(path.read_bytes() + b"\0")
        with pytest.raises(DamagedIndexError, match="bytes instead of"):
            MatchingIndex.open(path)

    def test_damage_after_a_block_was_checked_is_found_by_verify(self, path: Path) -> None:
        index = MatchingIndex.open(path)
        index.verify()
        with path.open("r+b") as file:
            file.seek(1000)
            byte = file.read(1)
            file.seek(1000)
            file.write(bytes([byte[0] ^ 1]))
        with pytest.raises(DamagedIndexError, match="bytes 256 to 262400 is wrong"):
            index.verify()
        with pytest.raises(DamagedIndexError):
            index.find_entries(random_digests(2000))


def test_verify_tells_how_far_it_is(tmp_path: Path) -> None:
    index = built(tmp_path / "index", SHA1, {bytes(20): 1})
    heard: list[int] = []
    index.verify(heard.append)
    assert 0 < sum(heard) < (tmp_path / "index").stat().st_size
