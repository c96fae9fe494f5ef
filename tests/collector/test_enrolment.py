from dataclasses import replace
from pathlib import Path

import pytest

from luzeiro.collector import enrolment
from luzeiro.collector.enrolment import Enrolment, EnrolmentError
from luzeiro.evidence.log import checkpoint_text
from luzeiro.evidence.signer import Signer

SIGNER = Signer("luzeiro/hub/one", b"h" * 32)
KEPT = Enrolment("https://hub.example", "ab", str(SIGNER.key), "2026", "entry", "receipt")


def test_an_enrolment_is_read_as_it_was_kept(tmp_path: Path) -> None:
    assert enrolment.load(tmp_path) is None
    enrolment.keep(tmp_path, KEPT)
    assert enrolment.load(tmp_path) == KEPT
    assert KEPT.key == SIGNER.key


def test_the_seen_head_is_kept_until_another_log_is_enrolled_with(tmp_path: Path) -> None:
    head = SIGNER.sign(checkpoint_text("luzeiro/hub/one", 3, bytes(32)))
    enrolment.keep(tmp_path, KEPT)
    assert enrolment.seen_head(tmp_path) is None
    enrolment.keep_head(tmp_path, head)
    enrolment.keep(tmp_path, replace(KEPT, url="https://moved.example"))
    seen = enrolment.seen_head(tmp_path)
    assert seen is not None
    assert seen.size == 3
    enrolment.keep(tmp_path, replace(KEPT, log_key=str(Signer("other", b"o" * 32).key)))
    assert enrolment.seen_head(tmp_path) is None


@pytest.mark.parametrize(("name", "held"), [("hub.json", "{}"), ("checkpoint", "x")])
def test_a_damaged_file_is_told(tmp_path: Path, name: str, held: str) -> None:
    (tmp_path / name).write_text(held)
    with pytest.raises(EnrolmentError, match="Remove it"):
        enrolment.load(tmp_path)
        enrolment.seen_head(tmp_path)
