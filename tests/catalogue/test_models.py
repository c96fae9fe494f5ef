from typing import Any

import pytest
from django.db import IntegrityError

from luzeiro.catalogue.models import Entry, Identifier, Torrent, TorrentFile, Vote
from luzeiro.catalogue.torrents import MappedFile
from tests.catalogue.imports import name, row, take
from tests.catalogue.test_torrents import torrent_map

pytestmark = pytest.mark.usefixtures("catalogue")


def test_the_database_itself_keeps_an_identifier_to_one_entry() -> None:
    take(row(name("md5", 1)), row(name("md5", 2)))
    with pytest.raises(IntegrityError):
        Identifier.objects.create(kind="md5", digest=b"\x01" * 16, entry=Entry.objects.get(pk=2))


def test_the_database_itself_keeps_a_source_to_one_standing_vote() -> None:
    take(row(name("md5", 1)))
    vote = Vote.objects.get()
    vote.pk = None
    with pytest.raises(IntegrityError):
        vote.save(force_insert=True)


def test_the_database_itself_wants_a_name_for_each_torrent() -> None:
    with pytest.raises(IntegrityError):
        Torrent.objects.create(wire_infohash=bytes(20))


@pytest.mark.parametrize("change", [{"first_piece": 2}, {"file_index": 0}])
def test_the_database_itself_keeps_pieces_in_order_and_a_place_to_one_entry(
    change: dict[str, Any],  # Any: values for the columns of a place
) -> None:
    take(MappedFile(torrent_map(), 0))
    place = TorrentFile.objects.get()
    values = {"file_index": 1, "first_piece": 0, "last_piece": 1, "first_own": 0, "last_own": 1}
    values["mapped_by_id"] = place.mapped_by_id
    with pytest.raises(IntegrityError):
        TorrentFile.objects.create(torrent=place.torrent, entry=place.entry, **{**values, **change})


def test_an_entry_that_somebody_vouches_for_cannot_be_removed() -> None:
    take(row(name("md5", 1)))
    with pytest.raises(IntegrityError):
        Entry.objects.all()._raw_delete("default")
        Vote.objects.get().entry  # noqa: B018 - reached only if the database let it go
