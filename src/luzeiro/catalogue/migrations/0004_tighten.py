import django.db.models.deletion
from django.db import migrations, models


def revision(name: str, *, null: bool) -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT,
        to="catalogue.revision",
        related_name=name,
        null=null,
    )


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0003_fill")]

    operations = [
        migrations.AlterField("identifier", "named_by", revision("named", null=False)),
        migrations.AlterField("torrentfile", "mapped_by", revision("places", null=False)),
        migrations.AlterField("vote", "entered_by", revision("entered", null=False)),
        migrations.AlterField("torrentfile", "file_index", models.PositiveIntegerField()),
    ]
