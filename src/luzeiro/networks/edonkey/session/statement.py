"""What one client said of itself and of one file over one link."""

from dataclasses import dataclass, field

from luzeiro.networks.edonkey.watch import PART_BYTES, WatchedEd2kFile
from luzeiro.networks.edonkey.wire import client

# Bytes 5 and 14 of a user hash tell which kind of client made it (aMule, GetHashType).
_FORMS = {
    (0x0E, 0x6F): "eMule",
    (0x0D, 0x6E): "old eMule",
    (0x4D, 0x4C): "MLdonkey",
}


def user_hash_form(user_hash: bytes) -> str | None:
    """The kind of client that makes user hashes of this form; None: no form that we know."""
    return _FORMS.get((user_hash[5], user_hash[14]))


@dataclass(slots=True)
class Statement:
    """Grows as the client speaks. Instants are UTC microseconds."""

    hello: client.HelloAnswer
    greeted_at_us: int
    status: client.FileStatus | None = None
    name: bytes | None = None
    aich_root: bytes | None = None
    refused: bool = False  # it said that it does not share the file
    public_key: bytes | None = None
    answered_at_us: int | None = None
    infos: list[client.MuleInfo] = field(default_factory=list)

    @property
    def is_answered(self) -> bool:
        """Whether it said which parts it has, or that it does not share the file."""
        return self.status is not None or self.refused

    @property
    def stated_at_us(self) -> int:
        """When the bytes came that decide the grade."""
        return self.answered_at_us if self.answered_at_us is not None else self.greeted_at_us

    def hear(
        self, answer: client.FileName | client.FileStatus | client.FileReqAnsNoFil, at_us: int
    ) -> None:
        """Take in what it says of the file."""
        match answer:
            case client.FileName():
                self.name = answer.name
            case client.FileStatus():
                self.status, self.answered_at_us = answer, at_us
            case client.FileReqAnsNoFil():
                self.refused, self.answered_at_us = True, at_us

    def note(self, message: client.Message) -> None:
        """Take in what it says beside that."""
        match message:
            case client.AichFileHash():
                self.aich_root = message.root
            case client.PublicKey() if self.public_key is None:
                self.public_key = message.key
            case client.MuleInfo() if len(self.infos) < 2:
                self.infos.append(message)

    def fits(self, file: WatchedEd2kFile) -> bool:
        """Whether its part map can be one of this file: as long as the file's size asks for."""
        counted = self.status.part_count if self.status is not None else 0
        return not counted or file.part_count is None or counted == file.part_count

    def completeness(self, file: WatchedEd2kFile) -> float | None:
        """How much of the file it says it holds, in per cent of its parts; None: it did not say.

        A size that is a multiple of a part has an empty part at its end, which is not counted.
        """
        if self.status is None or self.refused or not self.fits(file):
            return None
        if not self.status.part_count:
            return 100.0
        parts = self.status.part_count
        if file.size_bytes is not None and file.size_bytes:
            parts = -(-file.size_bytes // PART_BYTES)
        return 100.0 * self.status.held(parts) / parts

    def holds_some(self, file: WatchedEd2kFile) -> bool:
        """Whether it says that it holds all or part of the file."""
        return bool(self.completeness(file))
