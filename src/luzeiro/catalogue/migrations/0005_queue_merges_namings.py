import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0004_tighten"),
    ]

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
            ],
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
            ],
        ),
        migrations.AddField(
            model_name="entry",
            name="merged_into",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="catalogue.entry",
            ),
        ),
        migrations.AddField(
            model_name="identifier",
            name="withdrawn_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="unnamed",
                to="catalogue.revision",
            ),
        ),
        migrations.AddField(
            model_name="revision",
            name="kind",
            field=models.CharField(
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
        migrations.AddField(
            model_name="revision",
            name="made_by",
            field=models.CharField(default="", max_length=100),
        ),
        migrations.AddField(
            model_name="revision",
            name="of_authority",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="revision",
            name="queued",
            field=models.PositiveBigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="revision",
            name="reason",
            field=models.CharField(default="", max_length=255),
        ),
        migrations.AddField(
            model_name="revision",
            name="undoes",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, to="catalogue.revision"
            ),
        ),
        migrations.AddField(
            model_name="torrentfile",
            name="withdrawn_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="withdrawn_places",
                to="catalogue.revision",
            ),
        ),
        migrations.AddField(
            model_name="vote",
            name="list_key",
            field=models.CharField(max_length=150, null=True),
        ),
        migrations.AlterField(
            model_name="entry",
            name="added_by",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, to="catalogue.revision"
            ),
        ),
        migrations.AlterField(
            model_name="identifier",
            name="named_by",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="named",
                to="catalogue.revision",
            ),
        ),
        migrations.AlterField(
            model_name="revision",
            name="list_name",
            field=models.CharField(default="", max_length=255),
        ),
        migrations.AlterField(
            model_name="revision",
            name="list_sha256",
            field=models.CharField(db_index=True, default="", max_length=64),
        ),
        migrations.AlterField(
            model_name="revision",
            name="source",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, to="catalogue.source"
            ),
        ),
        migrations.AlterField(
            model_name="vote",
            name="entered_by",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entered",
                to="catalogue.revision",
            ),
        ),
        migrations.AlterField(
            model_name="vote",
            name="entry",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="votes",
                to="catalogue.entry",
            ),
        ),
        migrations.AlterField(
            model_name="vote",
            name="revision",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="votes",
                to="catalogue.revision",
            ),
        ),
        migrations.AlterField(
            model_name="vote",
            name="source",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, to="catalogue.source"
            ),
        ),
        migrations.AlterField(
            model_name="vote",
            name="withdrawn_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="withdrawn",
                to="catalogue.revision",
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
        migrations.AddIndex(
            model_name="identifier",
            index=models.Index(
                condition=models.Q(("withdrawn_by__isnull", False)),
                fields=["withdrawn_by"],
                name="identifier_withdrawn",
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
        migrations.AddField(
            model_name="conflict",
            name="entry",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="conflicts",
                to="catalogue.entry",
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
        migrations.AddField(
            model_name="conflictname",
            name="conflict",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="names",
                to="catalogue.conflict",
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="one",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merges",
                to="catalogue.entry",
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="other",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merges_as_other",
                to="catalogue.entry",
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="revision",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merges",
                to="catalogue.revision",
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="undone_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="undone_merges",
                to="catalogue.revision",
            ),
        ),
        migrations.AddField(
            model_name="naming",
            name="entry",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, to="catalogue.entry"
            ),
        ),
        migrations.AddField(
            model_name="naming",
            name="identifier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="namings",
                to="catalogue.identifier",
            ),
        ),
        migrations.AddField(
            model_name="naming",
            name="revision",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="namings",
                to="catalogue.revision",
            ),
        ),
        migrations.AddField(
            model_name="naming",
            name="source",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, to="catalogue.source"
            ),
        ),
        migrations.AddField(
            model_name="naming",
            name="withdrawn_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="withdrawn_namings",
                to="catalogue.revision",
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
    ]
