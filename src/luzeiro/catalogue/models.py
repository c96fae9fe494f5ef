"""The catalogue's tables: whose word says that a file is what it is, and by what names it goes.

File names are kept nowhere. Nothing is deleted by cascade: votes are withdrawn, not removed.
"""

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint


class Source(models.Model):
    """A body that vouches for categories. An authority's vote counts alone."""

    name = models.CharField(max_length=100, unique=True)
    authority = models.BooleanField(default=False)


class Revision(models.Model):
    """One import: which list, whose, when, and what it changed."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT)
    imported_at = models.DateTimeField()
    list_name = models.CharField(max_length=255)
    list_sha256 = models.CharField(max_length=64)
    added = models.PositiveBigIntegerField(default=0)
    changed = models.PositiveBigIntegerField(default=0)
    unchanged = models.PositiveBigIntegerField(default=0)
    rejected = models.PositiveBigIntegerField(default=0)


class Entry(models.Model):
    """One categorised file, or a torrent as a whole where no list says which of its files."""

    size_bytes = models.BigIntegerField(null=True)
    added_by = models.ForeignKey(Revision, on_delete=models.PROTECT)


class Identifier(models.Model):
    """A name of an entry on some network or in some list."""

    kind = models.CharField(max_length=16)
    digest = models.BinaryField(max_length=64)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="identifiers")

    class Meta:
        constraints = [UniqueConstraint(fields=["digest", "kind"], name="identifier_names_one")]


class Vote(models.Model):
    """One source's judgement of one entry. `withdrawn_by` is the revision that took it back."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="votes")
    source = models.ForeignKey(Source, on_delete=models.PROTECT)
    scheme = models.CharField(max_length=40)
    label = models.CharField(max_length=100)
    voted_on = models.DateField(null=True)
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="votes")
    withdrawn_by = models.ForeignKey(
        Revision, on_delete=models.PROTECT, null=True, related_name="withdrawn"
    )

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["entry", "source"],
                condition=Q(withdrawn_by__isnull=True),
                name="one_standing_vote_a_source",
            )
        ]


class Torrent(models.Model):
    """A container of files, known by its v1 infohash, its v2 infohash, or both."""

    wire_infohash = models.BinaryField(max_length=20, db_index=True)  # v1, else the cut v2
    btih = models.BinaryField(max_length=20, null=True, unique=True)
    btmh = models.BinaryField(max_length=32, null=True, unique=True)
    piece_count = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(btih__isnull=False) | Q(btmh__isnull=False), name="torrent_has_a_name"
            )
        ]


class TorrentFile(models.Model):
    """Where an entry lies in a torrent; `file_index` is null for the torrent as a whole."""

    torrent = models.ForeignKey(Torrent, on_delete=models.PROTECT, related_name="files")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="places")
    file_index = models.PositiveIntegerField(null=True)
    first_piece = models.PositiveIntegerField()
    last_piece = models.PositiveIntegerField()
    first_own = models.PositiveIntegerField()
    last_own = models.IntegerField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["torrent", "file_index"], name="a_place_holds_one_entry"),
            UniqueConstraint(
                fields=["torrent"], condition=Q(file_index=None), name="one_whole_a_torrent"
            ),
            CheckConstraint(condition=Q(first_piece__lte=F("last_piece")), name="pieces_in_order"),
        ]
