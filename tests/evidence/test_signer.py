import stat
from pathlib import Path

import pytest

from luzeiro.evidence.signer import KeyFileError, Signer, load_or_make, open_note, verify
from luzeiro.evidence.verifier.ed25519 import ed25519_verify
from luzeiro.evidence.verifier.notes import NoteError, parse_note, signed_by

SIGNER = Signer("log.example/one", b"l" * 32)


def test_what_is_signed_is_opened_with_the_key_and_no_other() -> None:
    note = SIGNER.sign("a text\n")
    assert open_note(note, SIGNER.key) == "a text\n"
    with pytest.raises(NoteError, match="did not sign"):
        open_note(note, Signer("log.example/one", b"x" * 32).key)
    with pytest.raises(NoteError, match="did not sign"):
        open_note(note, Signer("log.example/two", b"l" * 32).key)


def test_the_verifier_agrees_with_the_library() -> None:
    note = parse_note(SIGNER.sign("a text\n"))
    assert signed_by(note, SIGNER.key, verify) == signed_by(note, SIGNER.key, ed25519_verify) == 0


def test_a_key_is_made_once_and_readable_by_one_account(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "key"
    made = load_or_make(path, "a.example/b")
    assert load_or_make(path, "ignored/name").key == made.key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Signer.parse(made.private_text()).key == made.key


@pytest.mark.parametrize("held", ["", "PRIVATE+KEY+a+00000000+AAAA", "PRIVATE+KEY+a+b+%%%"])
def test_a_file_that_holds_no_key_is_never_replaced(tmp_path: Path, held: str) -> None:
    path = tmp_path / "key"
    path.write_text(held)
    with pytest.raises(KeyFileError, match="Restore it"):
        load_or_make(path, "a.example/b")
    assert path.read_text() == held


def test_a_key_under_another_name_is_noticed() -> None:
    text = SIGNER.private_text().replace("log.example/one", "log.example/two")
    with pytest.raises(ValueError, match="id beside it"):
        Signer.parse(text)
