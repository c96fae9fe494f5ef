from pathlib import Path

import pytest

from luzeiro.collector.chain import Chain, ChainError, ChainHead
from luzeiro.evidence.signer import Signer, open_note
from luzeiro.evidence.verifier.statements import FIRST, read_seal
from luzeiro.observations.segment import SegmentContent
from tests.observations.examples import AT

SIGNER = Signer("luzeiro/collector/one", b"c" * 32)
CONTENT = SegmentContent(b"r" * 32, 3, AT, AT)


def test_each_segment_names_the_one_before(tmp_path: Path) -> None:
    chain, digests = Chain(tmp_path, SIGNER, "one"), [FIRST]
    for sequence in (1, 2, 3):
        seal = read_seal(open_note(chain.attest(CONTENT), SIGNER.key))
        assert (seal.sequence, seal.previous) == (sequence, digests[-1])
        digests.append(seal.digest)
        chain.keep(f"segment {sequence}")
    assert Chain(tmp_path, SIGNER, "one").head() == ChainHead(3, digests[-1], "segment 3")


def test_a_segment_that_was_not_kept_does_not_count(tmp_path: Path) -> None:
    chain = Chain(tmp_path, SIGNER, "one")
    chain.attest(CONTENT)
    assert chain.head() == ChainHead()
    assert read_seal(open_note(chain.attest(CONTENT), SIGNER.key)).sequence == 1


def test_a_damaged_file_is_told_and_never_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "chain.json").write_text("{}")
    with pytest.raises(ChainError, match="Restore it from a backup"):
        Chain(tmp_path, SIGNER, "one").attest(CONTENT)
