"""Say who named each identifier and who entered each vote; whole torrents become identifiers."""

from typing import Any

from django.db import migrations
from django.db.models import F, OuterRef, Subquery


def fill(apps: Any, _: Any) -> None:  # Any: the models as they were then
    Entry = apps.get_model("catalogue", "Entry")
    Identifier = apps.get_model("catalogue", "Identifier")
    TorrentFile = apps.get_model("catalogue", "TorrentFile")
    Vote = apps.get_model("catalogue", "Vote")
    added_by = Subquery(Entry.objects.filter(pk=OuterRef("entry_id")).values("added_by_id")[:1])
    Identifier.objects.update(named_by_id=added_by)
    TorrentFile.objects.update(mapped_by_id=added_by)
    Vote.objects.update(entered_by_id=F("revision_id"))
    whole = TorrentFile.objects.filter(file_index=None).select_related("torrent")
    for place in whole.iterator():
        for kind, digest in (("btih", place.torrent.btih), ("btmh", place.torrent.btmh)):
            if digest is not None:
                Identifier.objects.create(
                    kind=kind,
                    digest=digest,
                    entry_id=place.entry_id,
                    named_by_id=place.mapped_by_id,
                )
    whole.delete()
    apps.get_model("catalogue", "Torrent").objects.filter(files=None).exclude(
        btih__isnull=False, btmh__isnull=False
    ).delete()


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_append_only")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
