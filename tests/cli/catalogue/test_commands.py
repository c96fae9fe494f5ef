from typer.main import get_command

from luzeiro.cli.catalogue import app


def test_the_commands_are_these() -> None:
    assert set(getattr(get_command(app), "commands", {})) == {
        *("add", "import", "list", "show", "votes", "revisions", "stats"),
        *("withdraw", "recall", "conflicts", "export", "index"),
    }
