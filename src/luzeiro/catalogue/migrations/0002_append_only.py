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
    dependencies = [("catalogue", "0001_first")]

    operations = [
        migrations.RenameField("revision", "imported_at", "made_at"),
        migrations.AddField("identifier", "named_by", revision("named", null=True)),
        migrations.AddField("torrentfile", "mapped_by", revision("places", null=True)),
        migrations.AddField("vote", "entered_by", revision("entered", null=True)),
        migrations.RemoveConstraint("torrentfile", "one_whole_a_torrent"),
    ]
