"""Fetching a torrent's info dictionary piece by piece (BEP 9): names and digests, no content."""

from luzeiro.networks.bittorrent.wire.extension import (
    METADATA_PIECE_BYTES,
    MetadataData,
    MetadataMessage,
    MetadataReject,
    MetadataRequest,
)
from luzeiro.networks.kit.errors import WireError


class MetadataFetch:
    """Asks for one piece after the other; what comes out of turn teaches nothing."""

    def __init__(self, number: int, size_bytes: int) -> None:
        self._number, self._size = number, size_bytes
        self._pieces: list[bytes] = []
        self.over = False
        self.metadata: bytes | None = None  # whole, unchecked

    def first(self) -> bytes:
        """Give the first request."""
        return MetadataRequest(self._number, 0).encode()

    def receive(self, message: MetadataMessage) -> bytes:
        """Take a message; give the next request, or nothing once it is over.

        Raises:
            WireError: a piece of the wrong length.
        """
        if self.over:
            return b""
        if isinstance(message, MetadataReject):
            self.over = True
        elif isinstance(message, MetadataData) and message.piece == len(self._pieces):
            return self._take(message.data)
        return b""

    def _take(self, data: bytes) -> bytes:
        left = self._size - len(self._pieces) * METADATA_PIECE_BYTES
        if len(data) != min(left, METADATA_PIECE_BYTES):
            raise WireError(f"{len(data)} bytes of metadata, {left} left", at=0, spec="BEP 9")
        self._pieces.append(data)
        if left > METADATA_PIECE_BYTES:
            return MetadataRequest(self._number, len(self._pieces)).encode()
        self.over, self.metadata = True, b"".join(self._pieces)
        return b""
