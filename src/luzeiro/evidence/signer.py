"""A key that signs notes, and the file that it lives in (C2SP signed-note; Go's key format)."""

import base64
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from luzeiro.evidence import durable
from luzeiro.evidence.verifier import notes
from luzeiro.evidence.verifier.notes import COSIGNATURE, ED25519, Note, NoteError, VerifierKey

_HEAD = "PRIVATE+KEY"


class KeyFileError(Exception):
    """A key's file cannot be used: which, why, what to do."""


class Signer:
    """Signs notes with Ed25519 under a name."""

    def __init__(self, name: str, seed: bytes, kind: int = ED25519) -> None:
        """`seed` is the private key, 32 bytes; `kind` COSIGNATURE makes this a witness."""
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._seed = seed
        self.key = VerifierKey(name, kind, self._key.public_key().public_bytes_raw())

    @property
    def name(self) -> str:
        return self.key.name

    def sign(self, text: str) -> bytes:
        """Make a note of a text, which must end in a newline: text, blank line, signature."""
        return f"{text}\n{self.signature(text)}".encode()

    def signature(self, text: str) -> str:
        """The signature line alone."""
        value = self._key.sign(text.encode())
        return notes.signature_line(self.key.name, self.key.key_id, value)

    def cosign(self, checkpoint: Note, time: int) -> str:
        """The signature line of a witness who saw a checkpoint at `time` (POSIX seconds)."""
        assert self.key.kind == COSIGNATURE
        value = self._key.sign(notes.cosigned_message(time, checkpoint.text))
        return notes.signature_line(self.name, self.key.key_id, time.to_bytes(8, "big") + value)

    def private_text(self) -> str:
        """The key as Go's `note.GenerateKey` writes it: keep it secret."""
        held = base64.b64encode(bytes([self.key.kind]) + self._seed).decode()
        return f"{_HEAD}+{self.name}+{self.key.key_id.hex()}+{held}"

    @classmethod
    def parse(cls, text: str) -> "Signer":
        """Read what `private_text` wrote.

        Raises:
            ValueError: not such a key.
        """
        head, _, rest = text.strip().removeprefix(_HEAD + "+").partition("+")
        key_id, _, held = rest.partition("+")
        raw = base64.b64decode(held, validate=True)
        if not text.startswith(_HEAD) or len(raw) != 33:
            raise ValueError("not a private key of a note")
        signer = cls(head, raw[1:], raw[0])
        if signer.key.key_id.hex() != key_id:
            raise ValueError("the key does not have the id beside it")
        return signer


def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Check an Ed25519 signature with the library; the verifier does the same by itself."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def open_note(raw: bytes, key: VerifierKey) -> str:
    """Give a note's text once `key` is seen to have signed it.

    Raises:
        NoteError: it is no note, or that key did not sign it.
    """
    note = notes.parse_note(raw)
    if notes.signed_by(note, key, verify) is None:
        raise NoteError(f"{key.name} did not sign it with the key that is known")
    return note.text


def load_or_make(path: Path, name: str) -> Signer:
    """The key in a file; a new one where there is none, readable by this account alone.

    Raises:
        KeyFileError: the file does not hold a key.
    """
    if not path.exists():
        _write(path, Signer(name, os.urandom(32)).private_text() + "\n")
    try:
        return Signer.parse(path.read_text())
    except ValueError as error:
        raise KeyFileError(
            f"{path} does not hold a key ({error}). Restore it from a backup. A new key means a "
            "new identity: move the file away, and enrol again."
        ) from error


def _write(path: Path, text: str) -> None:
    changed = durable.make_folder(path.parent) | {path.parent}
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    opened = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(opened, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(beside, path)  # never over a key that another process made meanwhile
    except FileExistsError:
        pass
    finally:
        beside.unlink()
    for folder in changed:
        durable.sync_folder(folder)
