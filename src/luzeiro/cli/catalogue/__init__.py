"""`luzeiro catalogue`: whose word says that a file is what it is."""

from luzeiro.cli.catalogue.commands import app

__all__ = ["app"]
