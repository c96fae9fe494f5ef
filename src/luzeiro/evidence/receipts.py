"""Receipts: whether a proof shows that an entry is in a log, and that the log only ever grew."""

from collections.abc import Sequence

from luzeiro.evidence.signer import verify
from luzeiro.evidence.verifier.merkle import (
    ProofError,
    check_consistency,
    check_inclusion,
    leaf_hash,
)
from luzeiro.evidence.verifier.notes import (
    Checkpoint,
    NoteError,
    VerifierKey,
    parse_checkpoint,
    parse_proof,
    signed_by,
)


class ReceiptError(Exception):
    """A receipt does not show what it must: why."""


def check_receipt(receipt: bytes, entry: bytes, key: VerifierKey) -> Checkpoint:
    """Check that `entry` is in the log whose key this is; give the head that shows it.

    Raises:
        ReceiptError: it does not show that.
    """
    try:
        proof = parse_proof(receipt)
        if signed_by(proof.checkpoint, key, verify) is None:
            raise ReceiptError(f"it is not signed by the log {key.name}")
        head = parse_checkpoint(proof.checkpoint.text)
        if head.origin != key.name:
            raise ReceiptError(f"it is of another log, {head.origin}")
        check_inclusion(proof.index, head.size, leaf_hash(entry), proof.path, head.root)
    except (NoteError, ProofError) as error:
        raise ReceiptError(str(error)) from error
    return head


def check_growth(old: Checkpoint, new: Checkpoint, path: Sequence[bytes]) -> None:
    """Check that a log's later head continues an earlier one.

    Raises:
        ReceiptError: it does not: the log was rewritten, or shows itself in two ways.
    """
    try:
        check_consistency(old.size, old.root, new.size, new.root, path)
    except ProofError as error:
        raise ReceiptError(
            f"the log does not go on from the head that was seen before: {error}"
        ) from error
