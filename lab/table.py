"""The truth and what was found, side by side, for people."""

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from lab.truth import Expected, Finding, Judgement, Party, Row

_COLOURS = {
    "stated": "bold green",
    "corroborated": "bold green",
    "reached": "bold yellow",
    "heard": "bold cyan",
}


def show(judgement: Judgement, console: Console) -> None:
    """Print the table, then recall and precision."""
    console.print(_table(judgement))
    for row in judgement.strangers:
        host, port = row["remote_address"], row["remote_port"]
        console.print(
            f"[bold red]✗[/] nobody of the lab: {host}:{port}, {row['grade']}, "
            f"{row['identifier'][:8]}… file {row['file_index']}",
            highlight=False,
        )
    console.print(summary(judgement))


def summary(judgement: Judgement) -> Text:
    """One line: recall and precision, and what they are made of."""
    style = "bold green" if judgement.is_the_truth else "bold red"
    right = sum(finding.wrong is None for finding in judgement.findings)
    return Text.assemble(
        (f"recall {judgement.recall:.0%}", style),
        f" ({judgement.holders_found} of {judgement.holders} holders), ",
        (f"precision {judgement.precision:.0%}", style),
        f" ({judgement.stated_rightly} of {judgement.stated} statements), ",
        (f"{right} of {len(judgement.findings)} rows right", style),
    )


def _table(judgement: Judgement) -> Table:
    table = Table(box=SIMPLE_HEAD, header_style="bold", pad_edge=False)
    table.add_column("In truth", overflow="fold")
    table.add_column("Address", no_wrap=True)
    table.add_column("")
    table.add_column("What the collector found", overflow="fold")
    for finding in judgement.findings:
        party, row = finding.party, finding.row
        table.add_row(
            _truth(finding),
            _address(party),
            Text("✓", "bold green") if finding.wrong is None else Text("✗", "bold red"),
            _nothing(party) if row is None else _found(row, finding.wrong),
        )
    return table


def _truth(finding: Finding) -> Text:
    party, file = finding.party, finding.file
    of = party.torrent.name + (f"/{file.index}" if len(party.torrent.files) > 1 else "")
    return Text.assemble(party.name, (f"\nholds {party.completeness(file):.1f} % of {of}", "dim"))


def _address(party: Party) -> str:
    host, port = party.address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _nothing(party: Party) -> Text:
    return Text("not seen", "dim" if party.expected is Expected.ABSENT else "bold red")


def _found(row: Row, wrong: str | None) -> Text:
    stated = "" if row["completeness"] is None else f" {_stated(row)}"
    role = None if row["role"] == "unknown" else row["role"]
    claims = [note for note in (row["client"], role, *row["doubts"]) if note]
    return Text.assemble(
        (row["grade"], _COLOURS[row["grade"]]),
        (stated, "bold"),
        f", control: {row['control']}" if row["control"] != "not asked" else "",
        (f"\n{', '.join(claims)}", "dim"),
        (f"\n{wrong}" if wrong else "", "bold red"),
    )


def _stated(row: Row) -> str:
    bound = "" if row["completeness_bound"] == "exact" else "≥ "
    return f"{bound}{row['completeness']:.1f} %"
