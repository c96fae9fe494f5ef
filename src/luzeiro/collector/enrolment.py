"""Which hub a collector sends to, and what it has seen of that hub's log: small files in its
home.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from luzeiro.evidence import durable
from luzeiro.evidence.verifier.notes import (
    Checkpoint,
    NoteError,
    VerifierKey,
    parse_checkpoint,
    parse_key,
    parse_note,
)

_HUB, _SEEN = "hub.json", "checkpoint"


class EnrolmentError(Exception):
    """What is kept of an enrolment cannot be read: which file, why, what to do."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A hub that took this collector in."""

    url: str
    certificate_sha256: str  # of its public key; "": any certificate of a public authority's
    log_key: str
    enrolled_at: str
    entry: str  # the log's entry that says so, and its proof
    receipt: str

    @property
    def key(self) -> VerifierKey:
        return parse_key(self.log_key)


def load(folder: Path) -> Enrolment | None:
    """The enrolment kept in a collector's folder; None where it sends nowhere.

    Raises:
        EnrolmentError: the file is damaged.
    """
    path = folder / _HUB
    try:
        held = json.loads(path.read_bytes())
        enrolment = Enrolment(**{name: str(held[name]) for name in Enrolment.__dataclass_fields__})
        parse_key(enrolment.log_key)
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, NoteError) as error:
        raise EnrolmentError(
            f"{path} cannot be read ({error!r}). Remove it and enrol with a new ticket: what waits "
            "in the spool is sent then."
        ) from error
    return enrolment


def keep(folder: Path, enrolment: Enrolment) -> None:
    """Keep an enrolment, in place of an older one; what was seen of that one's log is dropped."""
    durable.lay_folder(folder)
    known = load(folder) if (folder / _HUB).exists() else None
    if known is None or known.log_key != enrolment.log_key:
        (folder / _SEEN).unlink(missing_ok=True)
    durable.put(folder / _HUB, json.dumps(asdict(enrolment), indent=1).encode())


def seen_head(folder: Path) -> Checkpoint | None:
    """The newest head of the hub's log that this collector checked."""
    try:
        return parse_checkpoint(parse_note((folder / _SEEN).read_bytes()).text)
    except FileNotFoundError:
        return None
    except NoteError as error:
        raise EnrolmentError(f"{folder / _SEEN} cannot be read ({error}). Remove it.") from error


def keep_head(folder: Path, checkpoint: bytes) -> None:
    """Keep a head that was checked: it is this collector's own witness of the log."""
    durable.put(folder / _SEEN, checkpoint)
