"""The commands of `luzeiro catalogue`, one line each."""

import typer

from luzeiro.cli.catalogue import (
    adding,
    conflicts,
    exporting,
    importing,
    indexing,
    reading,
    withdrawing,
)

app = typer.Typer(
    help="Categorised files: who vouches for them, and since when.", no_args_is_help=True
)
app.command("add")(adding.add)
app.command("import")(importing.import_lists)
app.command("list")(reading.list_entries)
app.command("show")(reading.show)
app.command("votes")(reading.votes)
app.command("revisions")(reading.list_revisions)
app.command("stats")(reading.stats)
app.command("withdraw")(withdrawing.withdraw)
app.command("recall")(withdrawing.recall)
app.add_typer(conflicts.app, name="conflicts")
app.command("export")(exporting.export_catalogue)
app.command("index")(indexing.index)
