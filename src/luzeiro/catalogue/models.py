"""The catalogue's tables: whose word says that a file is what it is, and by what names it goes.

Append-only: what a revision brought stays, and what another took back names the revision that did
(`withdrawn_by`, `undone_by`). So who said what, and since when, can always be answered. File names
are kept nowhere. Nothing is deleted by cascade.

Millions of rows come at once and revisions are taken back rarely: what a revision brought has no
index of its own, and taking one back reads the tables through.
"""

from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint


class Source(models.Model):
    """A body that vouches for categories. An authority's vote counts alone."""

    name = models.CharField(max_length=100, unique=True)
    authority = models.BooleanField(default=False)


class Revision(models.Model):
    """One change of the catalogue, whole or not at all: who made it, when, and what it came to."""

    class Kind(models.TextChoices):
        IMPORT = "import"
        WITHDRAWAL = "withdrawal"  # of the revision that it `undoes`
        VOTE_WITHDRAWAL = "vote-withdrawal"
        SOURCE_WITHDRAWAL = "source-withdrawal"
        RESOLUTION = "resolution"  # of a conflict, or of a merge

    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.IMPORT)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=100, default="")
    reason = models.CharField(max_length=255, default="")
    list_name = models.CharField(max_length=255, default="")
    list_sha256 = models.CharField(max_length=64, default="", db_index=True)
    undoes = models.ForeignKey("self", on_delete=models.PROTECT, null=True)
    of_authority = models.BooleanField(default=False)  # it changed whether its source is one
    added = models.PositiveBigIntegerField(default=0)
    changed = models.PositiveBigIntegerField(default=0)
    unchanged = models.PositiveBigIntegerField(default=0)
    rejected = models.PositiveBigIntegerField(default=0)
    queued = models.PositiveBigIntegerField(default=0)  # rows that wait as conflicts


class Entry(models.Model):
    """One categorised file, or a torrent as a whole where no list says which of its files.

    `merged_into` follows from the standing merges (merging.py): the entry that speaks for this one.
    """

    size_bytes = models.BigIntegerField(null=True)
    added_by = models.ForeignKey(Revision, on_delete=models.PROTECT, db_index=False)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="merged", db_index=False
    )

    class Meta:
        indexes = [
            Index(
                fields=["merged_into"],
                condition=Q(merged_into__isnull=False),
                name="entry_merged_into",
            )
        ]


class Identifier(models.Model):
    """A name of an entry on some network or in some list. A btih or btmh: of a torrent as a whole.

    `named_by` is the import that vouches for it; other imports that did are in `Naming`. One that
    nobody vouches for any more is withdrawn: it names nothing until somebody does again.
    """

    kind = models.CharField(max_length=16)
    digest = models.BinaryField(max_length=64)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="identifiers")
    named_by = models.ForeignKey(
        Revision, on_delete=models.PROTECT, related_name="named", db_index=False
    )
    withdrawn_by = models.ForeignKey(
        Revision, on_delete=models.PROTECT, null=True, related_name="unnamed", db_index=False
    )

    class Meta:
        constraints = [UniqueConstraint(fields=["digest", "kind"], name="identifier_names_one")]
        indexes = [
            Index(
                fields=["withdrawn_by"],
                condition=Q(withdrawn_by__isnull=False),
                name="identifier_withdrawn",
            )
        ]


class Naming(models.Model):
    """A revision that named an identifier beside, or before, the one that `named_by` says."""

    identifier = models.ForeignKey(Identifier, on_delete=models.PROTECT, related_name="namings")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, db_index=False)
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="namings")
    withdrawn_by = models.ForeignKey(
        Revision, on_delete=models.PROTECT, null=True, related_name="withdrawn_namings"
    )

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["identifier", "source"],
                condition=Q(withdrawn_by__isnull=True),
                name="one_standing_naming_a_source",
            )
        ]


class Vote(models.Model):
    """One source's judgement of one entry.

    `revision` is the import that brought it, `entered_by` the revision that put this row here: the
    same, unless taking another revision back restored the vote.
    """

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="votes", db_index=False)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, db_index=False)
    scheme = models.CharField(max_length=40)
    label = models.CharField(max_length=100)
    voted_on = models.DateField(null=True)
    list_key = models.CharField(max_length=150, null=True)  # the list's own name for the row
    revision = models.ForeignKey(
        Revision, on_delete=models.PROTECT, related_name="votes", db_index=False
    )
    entered_by = models.ForeignKey(
        Revision, on_delete=models.PROTECT, related_name="entered", db_index=False
    )
    withdrawn_by = models.ForeignKey(
        Revision, on_delete=models.PROTECT, null=True, related_name="withdrawn", db_index=False
    )

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["entry", "source"],
                condition=Q(withdrawn_by__isnull=True),
                name="one_standing_vote_a_source",
            )
        ]
        indexes = [
            Index(
                fields=["withdrawn_by"],
                condition=Q(withdrawn_by__isnull=False),
                name="vote_withdrawn",
            ),
            Index(
                fields=["entry"],
                condition=Q(withdrawn_by__isnull=False),
                name="vote_of_the_past",
            ),
            Index(
                fields=["list_key", "source"],
                condition=Q(list_key__isnull=False),
                name="vote_list_key",
            ),
        ]


class Merge(models.Model):
    """A list named two entries in one row: they are one file, until that is undone."""

    one = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="merges")
    other = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="merges_as_other")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="merges")
    undone_by = models.ForeignKey(
        Revision, on_delete=models.PROTECT, null=True, related_name="undone_merges"
    )


class Conflict(models.Model):
    """A row that contradicts the catalogue: it waits, untaken, until a curator decides."""

    class Kind(models.TextChoices):
        TWO_SIZES = "two-sizes"
        TWO_DIGESTS = "two-digests"  # of one kind, for one file
        PARTED = "parted"  # it joins what a curator has taken apart
        BENIGN = "benign-and-abuse"  # a list of benign files names an entry held to be abuse

    class Outcome(models.TextChoices):
        DISMISSED = "dismissed"  # the row is wrong
        SEPARATE = "separate"  # the row is another file
        JOINED = "joined"  # it is this file all the same
        WITHDRAWN = "withdrawn"  # the revision that brought it was

    kind = models.CharField(max_length=20, choices=Kind.choices)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="conflicts")
    told = models.CharField(max_length=255)  # what contradicts what, for people
    raised_by = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="conflicts")
    outcome = models.CharField(max_length=12, choices=Outcome.choices, default="")
    resolved_by = models.ForeignKey(
        Revision, on_delete=models.PROTECT, null=True, related_name="resolved"
    )
    # The row as it came; empty where the row itself was taken (benign-and-abuse).
    at = models.CharField(max_length=255, default="")
    size_bytes = models.BigIntegerField(null=True)
    scheme = models.CharField(max_length=40, default="")
    label = models.CharField(max_length=100, default="")
    voted_on = models.DateField(null=True)
    list_key = models.CharField(max_length=150, null=True)


class ConflictName(models.Model):
    """An identifier in the row of a conflict."""

    conflict = models.ForeignKey(Conflict, on_delete=models.PROTECT, related_name="names")
    kind = models.CharField(max_length=16)
    digest = models.BinaryField(max_length=64)


class Torrent(models.Model):
    """A container of files whose map, or whose two names, a list vouched for."""

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
    """Where an entry lies in a torrent, as a vetted map says."""

    torrent = models.ForeignKey(Torrent, on_delete=models.PROTECT, related_name="files")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="places")
    file_index = models.PositiveIntegerField()
    first_piece = models.PositiveIntegerField()
    last_piece = models.PositiveIntegerField()
    first_own = models.PositiveIntegerField()
    last_own = models.IntegerField()
    mapped_by = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="places")
    withdrawn_by = models.ForeignKey(
        Revision, on_delete=models.PROTECT, null=True, related_name="withdrawn_places"
    )

    class Meta:
        constraints = [
            UniqueConstraint(fields=["torrent", "file_index"], name="a_place_holds_one_entry"),
            CheckConstraint(condition=Q(first_piece__lte=F("last_piece")), name="pieces_in_order"),
        ]
