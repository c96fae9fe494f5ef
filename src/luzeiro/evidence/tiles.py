"""A transparency log's tree and entries as static files (C2SP tlog-tiles): names, reading,
proofs.
"""

from collections.abc import Iterator
from pathlib import Path

from luzeiro.evidence.verifier.merkle import EMPTY_ROOT, HASH_BYTES, node_hash

WIDTH = 256  # hashes in a full tile, entries in a full bundle
_HEIGHT = 8
_ENTRY_LIMIT = 2**16 - 1


class TilesError(Exception):
    """A tile or bundle is missing, or is not what it must be: which, and why."""


def tile_name(level: int | str, number: int, width: int = WIDTH) -> str:
    """The path of a tile below the log: level ("entries" for a bundle), number, width."""
    digits = [f"{number % 1000:03}"]
    while number >= 1000:
        number //= 1000
        digits.insert(0, f"x{number % 1000:03}")
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(digits)}{partial}"


def pack_entries(entries: list[bytes]) -> bytes:
    """A bundle: each entry with its length in two bytes before it.

    Raises:
        ValueError: an entry is longer than 65,535 bytes.
    """
    if any(len(one) > _ENTRY_LIMIT for one in entries):
        raise ValueError(f"an entry of a log has at most {_ENTRY_LIMIT} bytes")
    return b"".join(len(one).to_bytes(2, "big") + one for one in entries)


def unpack_entries(bundle: bytes) -> Iterator[bytes]:
    """Give the entries of a bundle.

    Raises:
        TilesError: it is cut short.
    """
    at = 0
    while at < len(bundle):
        end = at + 2 + int.from_bytes(bundle[at : at + 2], "big")
        if end > len(bundle) or at + 2 > len(bundle):
            raise TilesError(f"a bundle of entries is cut short at byte {at}")
        yield bundle[at + 2 : end]
        at = end


class TileReader:
    """Reads a log of `size` entries from its folder, and makes proofs from its tiles.

    Trusts the tiles: a proof from wrong ones leads to a wrong root, which whoever checks it sees.
    """

    def __init__(self, folder: Path, size: int) -> None:
        self._folder, self.size = folder, size
        self._held: dict[tuple[int, int], bytes] = {}

    def tile(self, level: int, number: int) -> bytes:
        """A tile of the tree as it is at this size, the rightmost one partial.

        Raises:
            TilesError: missing, or of another length.
        """
        if (level, number) not in self._held:
            if len(self._held) > 1024:
                self._held.clear()
            width = self._width(level, number)
            self._held[level, number] = self._read(level, number, width, width * HASH_BYTES)
        return self._held[level, number]

    def bundle(self, number: int) -> list[bytes]:
        """The entries of a bundle.

        Raises:
            TilesError: missing, cut short, or with too few entries.
        """
        width = self._width(0, number)
        try:
            entries = list(unpack_entries(self._read("entries", number, width, None)))
        except TilesError as error:
            raise TilesError(f"{tile_name('entries', number, width)}: {error}") from error
        if len(entries) < width:
            raise TilesError(
                f"{tile_name('entries', number, width)} holds {len(entries)} entries, not {width}"
            )
        return entries[:width]

    def entry(self, index: int) -> bytes:
        """One entry of the log."""
        return self.bundle(index // WIDTH)[index % WIDTH]

    def entries(self, start: int = 0) -> Iterator[tuple[int, bytes]]:
        """Give entries with their indices, from `start` on."""
        for number in range(start // WIDTH, -(-self.size // WIDTH)):
            for place, one in enumerate(self.bundle(number)):
                if number * WIDTH + place >= start:
                    yield number * WIDTH + place, one

    def root(self, size: int | None = None) -> bytes:
        """The root of the tree, or of its first `size` entries."""
        size = self.size if size is None else size
        return self._hash(0, size) if size else EMPTY_ROOT

    def inclusion_path(self, index: int, size: int) -> list[bytes]:
        """The proof that entry `index` is in the first `size` (RFC 9162 section 2.1.3.1)."""
        start, end, path = 0, size, list[bytes]()
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                path.append(self._hash(middle, end))
                end = middle
            else:
                path.append(self._hash(start, middle))
                start = middle
        return path[::-1]

    def consistency_path(self, old_size: int, size: int) -> list[bytes]:
        """The proof that the first `old_size` begin the first `size` (section 2.1.4.1)."""
        if old_size in (0, size):
            return []
        start, end, path, whole = 0, size, list[bytes](), True
        while old_size != end:
            middle = start + _split(end - start)
            if old_size <= middle:
                path.append(self._hash(middle, end))
                end = middle
            else:
                path.append(self._hash(start, middle))
                start, whole = middle, False
        if not whole:
            path.append(self._hash(start, end))
        return path[::-1]

    def _hash(self, start: int, end: int) -> bytes:
        """The hash over entries `start` to `end`: from a tile where they are one of its
        subtrees.
        """
        count = end - start
        if count & (count - 1) == 0 and start % count == 0:
            return self._whole(count.bit_length() - 1, start // count)
        middle = start + _split(count)
        return node_hash(self._hash(start, middle), self._hash(middle, end))

    def _whole(self, height: int, index: int) -> bytes:
        """The root of the `index`th whole subtree of a height, from the tile that spans it."""
        level, above = divmod(height, _HEIGHT)
        first = index << above
        tile = self.tile(level, first // WIDTH)
        begins = (first % WIDTH) * HASH_BYTES
        held = tile[begins : begins + (HASH_BYTES << above)]
        row = [held[at : at + HASH_BYTES] for at in range(0, len(held), HASH_BYTES)]
        while len(row) > 1:
            row = [node_hash(*row[at : at + 2]) for at in range(0, len(row), 2)]
        return row[0]

    def _width(self, level: int, number: int) -> int:
        return min(WIDTH, (self.size >> (_HEIGHT * level)) - number * WIDTH)

    def _read(self, level: int | str, number: int, width: int, length: int | None) -> bytes:
        # A partial tile may have been removed once the full one was there (tlog-tiles).
        for name in dict.fromkeys((tile_name(level, number, width), tile_name(level, number))):
            try:
                held = (self._folder / name).read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                continue
            if length is not None and len(held) < length:
                raise TilesError(f"{name} has {len(held)} bytes, not {length}")
            return held if length is None else held[:length]
        raise TilesError(f"{tile_name(level, number, width)} is missing")


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1
