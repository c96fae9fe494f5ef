import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.evidence.signer import Signer
from luzeiro.evidence.verifier.ed25519 import ed25519_verify
from luzeiro.evidence.verifier.notes import (
    COSIGNATURE,
    NoteError,
    parse_checkpoint,
    parse_key,
    parse_note,
    parse_proof,
    parse_proof_lines,
    proof_text,
    signed_by,
)

# C2SP signed-note, "Example".
KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SIGNATURE = (
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
)
NOTE = f"This is an example message.\n\n\u2014 example.com/foo {SIGNATURE}\n".encode()
SIGNER = Signer("log.example/one", b"l" * 32)
WITNESS = Signer("witness.example/w", b"w" * 32, COSIGNATURE)
CHECKPOINT = "log.example/one\n3\n" + "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"


def test_the_note_that_the_specification_prints_is_signed_by_its_key() -> None:
    key, note = parse_key(KEY), parse_note(NOTE)
    assert signed_by(note, key, ed25519_verify) == 0
    assert note.text == "This is an example message.\n"
    assert str(key) == KEY


def test_a_note_is_not_signed_by_a_key_that_has_no_line_there() -> None:
    assert signed_by(parse_note(NOTE), SIGNER.key, ed25519_verify) is None


def test_a_signature_under_a_known_key_that_is_not_good_is_an_error() -> None:
    with pytest.raises(NoteError, match="not good"):
        signed_by(
            parse_note(NOTE.replace(b"example m", b"changed m")), parse_key(KEY), ed25519_verify
        )


def test_a_cosignature_carries_its_time_and_signs_it() -> None:
    note = parse_note(SIGNER.sign(CHECKPOINT))
    line = WITNESS.cosign(note, 1_679_315_147)
    both = parse_note(SIGNER.sign(CHECKPOINT) + line.encode())
    assert signed_by(both, WITNESS.key, ed25519_verify) == 1_679_315_147
    assert signed_by(both, SIGNER.key, ed25519_verify) == 0


@given(st.integers(0, 8 * len(NOTE) - 1))
def test_one_changed_bit_anywhere_is_noticed(bit: int) -> None:
    changed = bytearray(NOTE)
    changed[bit // 8] ^= 1 << bit % 8
    with contextlib.suppress(NoteError):
        assert signed_by(parse_note(bytes(changed)), parse_key(KEY), ed25519_verify) is None


@pytest.mark.parametrize(
    "broken",
    [
        b"no signature\n",
        b"text\n\n",
        b"text\x07\n\n\xe2\x80\x94 a AAAAAAAA\n",
        b"\xff\n\n\xe2\x80\x94 a AAAAAAAA\n",
        b"text\n\n- a AAAAAAAA\n",
        b"text\n\n\xe2\x80\x94 a+b AAAAAAAA\n",
        b"text\n\n\xe2\x80\x94 a AAAA\n",
        b"text\n\n\xe2\x80\x94 a AAAAAAB=\n",  # bits that carry nothing are set
        b"text\n\n" + b"\xe2\x80\x94 a AAAAAAAA\n" * 65,
        b"x" * 1_000_001,
    ],
)
def test_what_is_no_note_is_refused(broken: bytes) -> None:
    with pytest.raises(NoteError):
        parse_note(broken)


@pytest.mark.parametrize("broken", ["", "a", "a+00000000+AAAA", KEY.replace("530d", "530e")])
def test_what_is_no_key_is_refused(broken: str) -> None:
    with pytest.raises(NoteError):
        parse_key(broken)


def test_a_checkpoint_gives_origin_size_and_root() -> None:
    read = parse_checkpoint(CHECKPOINT + "an extension line\n")
    assert (read.origin, read.size, len(read.root)) == ("log.example/one", 3, 32)


@pytest.mark.parametrize(
    "broken",
    ["", "a\n1\n", "a\n01\nAAAA\n", "a\n1\nAAAA\n", CHECKPOINT + "\n", CHECKPOINT[:-1]],
)
def test_what_is_no_checkpoint_is_refused(broken: str) -> None:
    with pytest.raises(NoteError):
        parse_checkpoint(broken)


def test_a_proof_is_read_as_it_was_written() -> None:
    signed = SIGNER.sign(CHECKPOINT)
    proof = parse_proof(proof_text(7, [bytes(32), b"x" * 32], signed))
    assert (proof.index, proof.path) == (7, (bytes(32), b"x" * 32))
    assert proof.checkpoint == parse_note(signed)


@pytest.mark.parametrize(
    "broken", [b"", b"c2sp.org/tlog-proof@v1\nindex 00\n\n", b"c2sp.org/tlog-proof@v1\nAAAA\n\nx"]
)
def test_what_is_no_proof_is_refused(broken: bytes) -> None:
    with pytest.raises(NoteError):
        parse_proof(broken)


def test_a_consistency_proof_is_a_hash_a_line() -> None:
    assert parse_proof_lines(b"") == ()
    with pytest.raises(NoteError):
        parse_proof_lines(b"AAAA\n")
