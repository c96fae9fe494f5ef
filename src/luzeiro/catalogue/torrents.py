"""Torrents that a vetted .torrent describes: which files are categorised, and where they lie."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from luzeiro.catalogue.errors import CatalogueError
from luzeiro.catalogue.models import Revision, Torrent, TorrentFile
from luzeiro.networks.bittorrent.watch import WatchedFile, wire_infohash
from luzeiro.networks.bittorrent.wire.metainfo import TorrentMap
from luzeiro.observations.identifiers import Identifier, IdentifierKind


@dataclass(frozen=True, slots=True)
class MappedFile:
    """One file of a vetted .torrent that is categorised."""

    torrent: TorrentMap
    index: int
    at: str = ""  # which torrent, for messages, where there are many

    @property
    def place(self) -> WatchedFile:
        file = self.torrent.files[self.index]
        return WatchedFile(
            file.index, file.first_piece, file.last_piece, file.first_own, file.last_own
        )

    @property
    def name(self) -> Identifier | None:
        """The file's own name, where the torrent is of version 2."""
        root = self.torrent.files[self.index].pieces_root
        return Identifier(IdentifierKind.PIECES_ROOT, root) if root is not None else None


def mapped_files(
    torrent: TorrentMap, wanted: Sequence[int], *, everything: bool, at: str = ""
) -> Iterator[MappedFile]:
    """Say which files of a vetted .torrent are categorised.

    Raises:
        CatalogueError: more than one file and no choice, or an index that names no content.
    """
    content = [file.index for file in torrent.content_files]
    if not wanted and not everything and len(content) != 1:
        raise CatalogueError(
            f"{torrent.name!r} has {len(content)} files: say which are categorised with "
            "--file INDEX (from 0, repeatable), or all of them with --all-files."
        )
    for index in wanted or content:
        if index not in content:
            raise CatalogueError(
                f"{torrent.name!r} has no file {index} with content; its files are "
                f"{', '.join(map(str, content[:20]))}{', …' if len(content) > 20 else ''}."
            )
        yield MappedFile(torrent, index, at)


def entry_at(file: MappedFile) -> int | None:
    """The entry that a standing map gives for this very place; the one that speaks for it."""
    names = {"btih": file.torrent.btih, "btmh": file.torrent.btmh}
    for key, digest in names.items():
        if digest is not None:
            place = (
                TorrentFile.objects.filter(
                    **{f"torrent__{key}": digest}, file_index=file.index, withdrawn_by=None
                )
                .select_related("entry")
                .first()
            )
            if place is not None:
                return place.entry.merged_into_id or place.entry_id
    return None


def known_as_two(file: MappedFile) -> bool:
    """Whether the two names of a hybrid torrent are known as two torrents."""
    return len(_known_as(file.torrent.btih, file.torrent.btmh)) > 1


def put(file: MappedFile, entry: int, revision: Revision) -> None:
    """Write where an entry lies in a torrent that is not `known_as_two`."""
    torrent = _torrent(file.torrent.btih, file.torrent.btmh)
    assert torrent is not None
    if torrent.piece_count is None:
        torrent.piece_count = file.torrent.piece_count
        torrent.save(update_fields=["piece_count"])
    place = file.place
    pieces = {
        "first_piece": place.first_piece,
        "last_piece": place.last_piece,
        "first_own": place.first_own,
        "last_own": place.last_own,
    }
    known, is_new = TorrentFile.objects.get_or_create(
        torrent=torrent,
        file_index=file.index,
        defaults={"entry_id": entry, "mapped_by": revision, **pieces},
    )
    if not is_new and known.withdrawn_by_id is not None:
        known.entry_id, known.mapped_by, known.withdrawn_by = entry, revision, None
        known.save()


def pair(btih: bytes, btmh: bytes) -> None:
    """Remember that two names are one hybrid torrent's; two that are known apart stay apart."""
    _torrent(btih, btmh)


def _torrent(btih: bytes | None, btmh: bytes | None) -> Torrent | None:
    """Find or make a torrent; a hybrid joins the one that was known by one of its names."""
    found = _known_as(btih, btmh)
    if len(found) > 1:
        return None
    torrent = found[0] if found else Torrent()
    torrent.btih, torrent.btmh = torrent.btih or btih, torrent.btmh or btmh
    first = Identifier(IdentifierKind.BTIH, bytes(torrent.btih)) if torrent.btih else None
    torrent.wire_infohash = wire_infohash(
        first or Identifier(IdentifierKind.BTMH, bytes(torrent.btmh or b""))
    )
    torrent.save()
    return torrent


def _known_as(btih: bytes | None, btmh: bytes | None) -> list[Torrent]:
    found = {
        torrent.pk: torrent
        for key, digest in (("btih", btih), ("btmh", btmh))
        if digest is not None
        for torrent in Torrent.objects.filter(**{key: digest})
    }
    return list(found.values())
