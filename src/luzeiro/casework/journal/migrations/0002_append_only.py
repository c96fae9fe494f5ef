"""The journal is append-only: the database itself refuses to change or remove a row."""

from django.db import migrations

from luzeiro.casework.journal.append_only import lay

TABLES = {"journal_journalentry": "OLD.sample", "journal_carried": None}


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_first")]
    operations = [migrations.RunPython(lay(TABLES), migrations.RunPython.noop)]
