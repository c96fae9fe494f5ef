"""Signed notes, checkpoints and proofs as text (C2SP signed-note, tlog-checkpoint, tlog-proof,
tlog-cosignature): reading them and checking who signed. Only Ed25519 keys are known here.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

ED25519, COSIGNATURE = 0x01, 0x04  # signature types (C2SP signed-note, "Signature types")
SIGNATURES_LIMIT = 64
NOTE_LIMIT_BYTES = 1_000_000
PROOF_HEADER = "c2sp.org/tlog-proof@v1"
_DASH = "\u2014 "

Verify = Callable[[bytes, bytes, bytes], bool]  # public key, message, signature


class NoteError(Exception):
    """Not a note, a checkpoint or a proof, or not signed by whom it should be: why."""


@dataclass(frozen=True)
class Signature:
    """One line below a note: who says they signed, with which key, and the bytes."""

    name: str
    key_id: bytes  # 4 bytes
    value: bytes


@dataclass(frozen=True)
class Note:
    """A text (which ends in a newline) and its signatures, none of them checked yet."""

    text: str
    signatures: tuple[Signature, ...]


@dataclass(frozen=True)
class VerifierKey:
    """A key that signs notes, under its name. `kind`: ED25519 or COSIGNATURE."""

    name: str
    kind: int
    public_key: bytes  # 32 bytes

    @property
    def key_id(self) -> bytes:
        head = self.name.encode() + b"\n" + bytes([self.kind])
        return hashlib.sha256(head + self.public_key).digest()[:4]

    def __str__(self) -> str:
        key = base64.b64encode(bytes([self.kind]) + self.public_key).decode()
        return f"{self.name}+{self.key_id.hex()}+{key}"


@dataclass(frozen=True)
class Checkpoint:
    """What a log's signed head says."""

    origin: str
    size: int
    root: bytes  # 32 bytes


@dataclass(frozen=True)
class LogProof:
    """An entry's place in a log: index, path, and the checkpoint that the path leads to."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: Note


def parse_key(text: str) -> VerifierKey:
    """Read a verifier key (C2SP signed-note, "Verifier keys").

    Raises:
        NoteError: not such a key, or of a kind that is not known here.
    """
    name, _, rest = text.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    raw = _base64(encoded, "a verifier key")
    if not _is_name(name) or len(raw) != 33 or raw[0] not in (ED25519, COSIGNATURE):
        raise NoteError(f"{text[:80]!r} is not an Ed25519 verifier key")
    key = VerifierKey(name, raw[0], raw[1:])
    if key_id != key.key_id.hex():
        raise NoteError(f"the key of {name} does not have the id {key_id!r}")
    return key


def parse_note(raw: bytes) -> Note:
    """Read a note.

    Raises:
        NoteError: not UTF-8, control characters, no blank line, or a broken signature line.
    """
    if len(raw) > NOTE_LIMIT_BYTES:
        raise NoteError("the note is longer than a megabyte")
    try:
        whole = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NoteError(f"the note is not UTF-8 at byte {error.start}") from error
    if any(character < " " and character != "\n" for character in whole):
        raise NoteError("the note has a control character")
    text, blank, below = whole.rpartition("\n\n")
    if not blank or not below.endswith("\n"):
        raise NoteError("the note has no blank line with signatures below")
    lines = below[:-1].split("\n")
    if len(lines) > SIGNATURES_LIMIT:
        raise NoteError(f"the note has {len(lines)} signatures")
    return Note(text + "\n", tuple(_signature(line) for line in lines))


def _signature(line: str) -> Signature:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    raw = _base64(encoded, "a signature")
    if not line.startswith(_DASH) or not space or not _is_name(name) or len(raw) < 5:
        raise NoteError(f"{line[:60]!r} is not a signature line")
    return Signature(name, raw[:4], raw[4:])


def signature_line(name: str, key_id: bytes, value: bytes) -> str:
    return f"{_DASH}{name} {base64.b64encode(key_id + value).decode()}\n"


def signed_by(note: Note, key: VerifierKey, verify: Verify) -> int | None:
    """Check that a key signed a note; for a cosignature give its POSIX time, else 0.

    Returns None where the key has no signature here.

    Raises:
        NoteError: a signature under this key's name and id is not good.
    """
    for signature in note.signatures:
        if (signature.name, signature.key_id) != (key.name, key.key_id):
            continue
        time, value, message = 0, signature.value, note.text.encode()
        if key.kind == COSIGNATURE:
            time, value = int.from_bytes(value[:8], "big"), value[8:]
            message = cosigned_message(time, note.text)
        if not verify(key.public_key, message, value):
            raise NoteError(f"the signature of {key.name} is not good")
        return time
    return None


def cosigned_message(time: int, text: str) -> bytes:
    """What a witness signs (C2SP tlog-cosignature, "Ed25519 signed message")."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def parse_checkpoint(text: str) -> Checkpoint:
    """Read a checkpoint's text; extension lines are passed over.

    Raises:
        NoteError: not a checkpoint.
    """
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
        raise NoteError("a checkpoint has three lines at least, none of them empty")
    root = _base64(lines[2], "a root")
    if len(root) != 32:
        raise NoteError("a root has 32 bytes")
    return Checkpoint(lines[0], _number(lines[1], "a tree's size"), root)


def parse_proof(raw: bytes) -> LogProof:
    """Read an inclusion proof with its checkpoint (C2SP tlog-proof).

    Raises:
        NoteError: not such a proof.
    """
    head, blank, checkpoint = raw.partition(b"\n\n")
    lines = head.decode("utf-8", "replace").split("\n")
    if not blank or lines[0] != PROOF_HEADER:
        raise NoteError(f"the proof does not begin with {PROOF_HEADER}")
    rest = lines[2:] if len(lines) > 1 and lines[1].startswith("extra ") else lines[1:]
    if not rest or not rest[0].startswith("index "):
        raise NoteError("the proof names no index")
    path = tuple(_base64(line, "a hash") for line in rest[1:])
    if len(path) > 64 or any(len(one) != 32 for one in path):
        raise NoteError("the proof has a hash that is not 32 bytes long, or too many")
    index = _number(rest[0].removeprefix("index "), "an index")
    return LogProof(index, path, parse_note(checkpoint))


def proof_text(index: int, path: "tuple[bytes, ...] | list[bytes]", checkpoint: bytes) -> bytes:
    lines = [PROOF_HEADER, f"index {index}", *(base64.b64encode(one).decode() for one in path)]
    return "\n".join(lines).encode() + b"\n\n" + checkpoint


def parse_proof_lines(raw: bytes) -> tuple[bytes, ...]:
    """Read a consistency proof: one hash a line, in base64.

    Raises:
        NoteError: not that.
    """
    lines = raw.decode("utf-8", "replace").split("\n")
    path = tuple(_base64(line, "a hash") for line in lines if line)
    if len(path) > 128 or any(len(one) != 32 for one in path):
        raise NoteError("a hash of the proof is not 32 bytes long, or there are too many")
    return path


def _number(text: str, what: str) -> int:
    if not (text.isascii() and text.isdigit()) or (text[0] == "0" and text != "0"):
        raise NoteError(f"{text[:30]!r} is not {what}")
    if len(text) > 19:
        raise NoteError(f"{what} of {len(text)} digits")
    return int(text)


def _base64(text: str, what: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError(f"{text[:30]!r} is not {what} in base64") from error
    # The last digit has bits that carry nothing: only one spelling is taken.
    if base64.b64encode(raw).decode() != text:
        raise NoteError(f"{text[:30]!r} is not the one spelling of {what} in base64")
    return raw


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(one.isspace() for one in name)
