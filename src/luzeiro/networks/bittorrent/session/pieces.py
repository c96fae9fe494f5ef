"""Which pieces a peer says it holds, message by message, and what that amounts to."""

from dataclasses import dataclass

from luzeiro.networks.bittorrent.wire import peerwire
from luzeiro.networks.bittorrent.wire.peerwire import PIECES_LIMIT
from luzeiro.networks.kit.errors import WireError
from luzeiro.observations.record import Bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a peer said of itself over one link. It said so; whether it is so cannot be known."""

    stated_at_us: int  # UTC, microseconds: the last word about pieces, or else the handshake
    peer_id: bytes  # not durable: several clients change it at every link
    reserved: bytes
    bits: bytes  # bit 7 of byte 0 is piece 0
    said_all: bool  # HAVE_ALL
    bound: Bound
    client: str | None
    upload_only: bool | None
    listen_port: int | None
    metadata_size: int | None
    encrypted: bool

    @property
    def holds_some(self) -> bool:
        return self.said_all or any(self.bits)

    def has_all(self, piece_count: int | None) -> bool:
        """Whether it said that it holds every piece; a full bitfield needs the count to tell."""
        return self.said_all or (
            bool(piece_count) and self.held(0, (piece_count or 0) - 1) == piece_count
        )

    def held(self, first: int, last: int) -> int:
        """Count the pieces held from `first` to `last`, both included."""
        if self.said_all:
            return last - first + 1
        start, end = first // 8, last // 8 + 1
        run = int.from_bytes(self.bits[start:end].ljust(end - start, b"\0"), "big")
        run >>= 8 * end - last - 1  # bits after `last`
        return (run & ((1 << (last - first + 1)) - 1)).bit_count()


class PieceSet:
    """The pieces that a peer has named so far.

    With no bitfield, or after HAVE_NONE, single HAVEs are a lower bound: a super-seeder names a
    piece at a time and holds them all. Where a peer contradicts itself, its last word counts.
    """

    def __init__(self, piece_count: int | None) -> None:
        self._count = piece_count
        self._bits = bytearray()
        self._held = 0  # how many bits are set
        self._told_whole = False  # by BITFIELD or HAVE_ALL
        self.said_all = False

    @property
    def bits(self) -> bytes:
        return bytes(self._bits)

    @property
    def bound(self) -> Bound:
        return Bound.EXACT if self._told_whole else Bound.AT_LEAST

    @property
    def complete(self) -> bool:
        """Whether nothing is left that the peer could add."""
        if self.said_all:
            return True
        return self._count is not None and self._held == self._count

    def hear(self, message: peerwire.Message) -> bool:
        """Take a message; True if it was a word about pieces.

        Raises:
            WireError: a piece that the torrent does not have, or a bitfield of another length.
        """
        if isinstance(message, peerwire.Have):
            self._set(message.piece)
        elif isinstance(message, peerwire.Bitfield):
            self._check(message.bits)
            self._begin(message.bits, whole=True)
        elif isinstance(message, peerwire.HaveAll):
            self._begin(b"", whole=True)
            self.said_all = True
        elif isinstance(message, peerwire.HoldsNone):
            self._begin(b"", whole=False)
        else:
            return False
        return True

    def _begin(self, bits: bytes, *, whole: bool) -> None:
        self._bits, self._told_whole, self.said_all = bytearray(bits), whole, False
        self._held = int.from_bytes(bits, "big").bit_count()

    def _check(self, bits: bytes) -> None:
        if self._count is None:
            return
        spare = 8 * len(bits) - self._count
        if not 0 <= spare < 8 or (spare and bits[-1] & ((1 << spare) - 1)):
            raise WireError(
                f"a bitfield of {len(bits)} bytes for {self._count} pieces", at=0, spec="BEP 3"
            )

    def _set(self, piece: int) -> None:
        if piece >= (PIECES_LIMIT if self._count is None else self._count):
            raise WireError(f"HAVE of piece {piece} of {self._count}", at=0, spec="BEP 3")
        if piece // 8 >= len(self._bits):
            self._bits.extend(bytes(piece // 8 + 1 - len(self._bits)))
        mask = 0x80 >> piece % 8
        self._held += not self._bits[piece // 8] & mask
        self._bits[piece // 8] |= mask
