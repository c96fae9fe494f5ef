import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("catalogue", "0001_first"),
        ("catalogue", "0002_append_only"),
        ("catalogue", "0003_fill"),
        ("catalogue", "0004_tighten"),
        ("catalogue", "0005_queue_merges_namings"),
    ]
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Conflict",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("two-sizes", "Two Sizes"),
                            ("two-digests", "Two Digests"),
                            ("parted", "Parted"),
                            ("benign-and-abuse", "Benign"),
                        ],
                        max_length=20,
                    ),
                ),
                ("told", models.CharField(max_length=255)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("dismissed", "Dismissed"),
                            ("separate", "Separate"),
                            ("joined", "Joined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="",
                        max_length=12,
                    ),
                ),
                ("at", models.CharField(default="", max_length=255)),
                ("size_bytes", models.BigIntegerField(null=True)),
                ("scheme", models.CharField(default="", max_length=40)),
                ("label", models.CharField(default="", max_length=100)),
                ("voted_on", models.DateField(null=True)),
                ("list_key", models.CharField(max_length=150, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Source",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, unique=True)),
                ("authority", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="ConflictName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=16)),
                ("digest", models.BinaryField(max_length=64)),
                (
                    "conflict",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="names",
                        to="catalogue.conflict",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("size_bytes", models.BigIntegerField(null=True)),
                (
                    "merged_into",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="catalogue.entry",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="conflict",
            name="entry",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="conflicts",
                to="catalogue.entry",
            ),
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("import", "Import"),
                            ("withdrawal", "Withdrawal"),
                            ("vote-withdrawal", "Vote Withdrawal"),
                            ("source-withdrawal", "Source Withdrawal"),
                            ("resolution", "Resolution"),
                        ],
                        default="import",
                        max_length=20,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(default="", max_length=100)),
                ("reason", models.CharField(default="", max_length=255)),
                ("list_name", models.CharField(default="", max_length=255)),
                ("list_sha256", models.CharField(db_index=True, default="", max_length=64)),
                ("of_authority", models.BooleanField(default=False)),
                ("added", models.PositiveBigIntegerField(default=0)),
                ("changed", models.PositiveBigIntegerField(default=0)),
                ("unchanged", models.PositiveBigIntegerField(default=0)),
                ("rejected", models.PositiveBigIntegerField(default=0)),
                ("queued", models.PositiveBigIntegerField(default=0)),
                (
                    "undoes",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="catalogue.revision",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="catalogue.source",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "one",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merges",
                        to="catalogue.entry",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merges_as_other",
                        to="catalogue.entry",
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merges",
                        to="catalogue.revision",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="undone_merges",
                        to="catalogue.revision",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Identifier",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=16)),
                ("digest", models.BinaryField(max_length=64)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="identifiers",
                        to="catalogue.entry",
                    ),
                ),
                (
                    "named_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="named",
                        to="catalogue.revision",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="unnamed",
                        to="catalogue.revision",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="entry",
            name="added_by",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, to="catalogue.revision"
            ),
        ),
        migrations.AddField(
            model_name="conflict",
            name="raised_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="conflicts",
                to="catalogue.revision",
            ),
        ),
        migrations.AddField(
            model_name="conflict",
            name="resolved_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="resolved",
                to="catalogue.revision",
            ),
        ),
        migrations.CreateModel(
            name="Naming",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="catalogue.entry"
                    ),
                ),
                (
                    "identifier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="namings",
                        to="catalogue.identifier",
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="namings",
                        to="catalogue.revision",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawn_namings",
                        to="catalogue.revision",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="catalogue.source",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Torrent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("wire_infohash", models.BinaryField(db_index=True, max_length=20)),
                ("btih", models.BinaryField(max_length=20, null=True, unique=True)),
                ("btmh", models.BinaryField(max_length=32, null=True, unique=True)),
                ("piece_count", models.PositiveIntegerField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("btih__isnull", False), ("btmh__isnull", False), _connector="OR"
                        ),
                        name="torrent_has_a_name",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TorrentFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("file_index", models.PositiveIntegerField()),
                ("first_piece", models.PositiveIntegerField()),
                ("last_piece", models.PositiveIntegerField()),
                ("first_own", models.PositiveIntegerField()),
                ("last_own", models.IntegerField()),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="places",
                        to="catalogue.entry",
                    ),
                ),
                (
                    "mapped_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="places",
                        to="catalogue.revision",
                    ),
                ),
                (
                    "torrent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="catalogue.torrent",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawn_places",
                        to="catalogue.revision",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Vote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("scheme", models.CharField(max_length=40)),
                ("label", models.CharField(max_length=100)),
                ("voted_on", models.DateField(null=True)),
                ("list_key", models.CharField(max_length=150, null=True)),
                (
                    "entered_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entered",
                        to="catalogue.revision",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="votes",
                        to="catalogue.entry",
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="votes",
                        to="catalogue.revision",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="catalogue.source",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawn",
                        to="catalogue.revision",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="identifier",
            index=models.Index(
                condition=models.Q(("withdrawn_by__isnull", False)),
                fields=["withdrawn_by"],
                name="identifier_withdrawn",
            ),
        ),
        migrations.AddConstraint(
            model_name="identifier",
            constraint=models.UniqueConstraint(
                fields=("digest", "kind"), name="identifier_names_one"
            ),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)),
                fields=["merged_into"],
                name="entry_merged_into",
            ),
        ),
        migrations.AddConstraint(
            model_name="naming",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_by__isnull", True)),
                fields=("identifier", "source"),
                name="one_standing_naming_a_source",
            ),
        ),
        migrations.AddConstraint(
            model_name="torrentfile",
            constraint=models.UniqueConstraint(
                fields=("torrent", "file_index"), name="a_place_holds_one_entry"
            ),
        ),
        migrations.AddConstraint(
            model_name="torrentfile",
            constraint=models.CheckConstraint(
                condition=models.Q(("first_piece__lte", models.F("last_piece"))),
                name="pieces_in_order",
            ),
        ),
        migrations.AddIndex(
            model_name="vote",
            index=models.Index(
                condition=models.Q(("withdrawn_by__isnull", False)),
                fields=["withdrawn_by"],
                name="vote_withdrawn",
            ),
        ),
        migrations.AddIndex(
            model_name="vote",
            index=models.Index(
                condition=models.Q(("withdrawn_by__isnull", False)),
                fields=["entry"],
                name="vote_of_the_past",
            ),
        ),
        migrations.AddIndex(
            model_name="vote",
            index=models.Index(
                condition=models.Q(("list_key__isnull", False)),
                fields=["list_key", "source"],
                name="vote_list_key",
            ),
        ),
        migrations.AddConstraint(
            model_name="vote",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_by__isnull", True)),
                fields=("entry", "source"),
                name="one_standing_vote_a_source",
            ),
        ),
    ]
