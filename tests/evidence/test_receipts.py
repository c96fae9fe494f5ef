from pathlib import Path

import pytest

from luzeiro.evidence.log import Log
from luzeiro.evidence.receipts import ReceiptError, check_growth, check_receipt
from luzeiro.evidence.signer import Signer

SIGNER = Signer("log.example/one", b"l" * 32)


@pytest.fixture
def log(tmp_path: Path) -> Log:
    made = Log(tmp_path, SIGNER.key)
    made.append([b"%d" % number for number in range(20)], SIGNER)
    return made


def test_a_receipt_shows_its_entry_and_no_other(log: Log) -> None:
    assert check_receipt(log.proof(7), b"7", SIGNER.key).size == 20
    with pytest.raises(ReceiptError, match="another root"):
        check_receipt(log.proof(7), b"8", SIGNER.key)


def test_a_receipt_of_another_log_or_that_is_none_is_refused(log: Log) -> None:
    with pytest.raises(ReceiptError, match="not signed by"):
        check_receipt(log.proof(7), b"7", Signer("log.example/one", b"x" * 32).key)
    with pytest.raises(ReceiptError):
        check_receipt(b"nothing", b"7", SIGNER.key)
    with pytest.raises(ReceiptError):
        check_receipt(log.proof(7)[:-3], b"7", SIGNER.key)


def test_growth_is_shown_and_a_rewritten_log_is_not_taken(log: Log, tmp_path: Path) -> None:
    old = log.head()
    log.append([b"more"], SIGNER)
    check_growth(old, log.head(), log.reader().consistency_path(20, 21))
    other = Log(tmp_path / "other", SIGNER.key)
    other.append([b"x%d" % number for number in range(25)], SIGNER)
    with pytest.raises(ReceiptError, match="does not go on"):
        check_growth(old, other.head(), other.reader().consistency_path(20, 25))
