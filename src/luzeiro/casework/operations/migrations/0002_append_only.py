"""The board's events and the ledger of outcomes are append-only."""

from django.db import migrations

from luzeiro.casework.journal.append_only import lay

TABLES = {"operations_boardevent": "OLD.sample", "operations_outcome": "OLD.sample"}


class Migration(migrations.Migration):
    dependencies = [("operations", "0001_first")]
    operations = [migrations.RunPython(lay(TABLES), migrations.RunPython.noop)]
