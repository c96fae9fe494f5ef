"""The one folder that holds all state of an installation."""

import os
from dataclasses import dataclass
from pathlib import Path

HOME_VARIABLE = "LUZEIRO_HOME"


@dataclass(frozen=True, slots=True)
class Home:
    """Where things are under `path`; the marker file says that `luzeiro init` made it."""

    path: Path

    @property
    def marker(self) -> Path:
        return self.path / "luzeiro.toml"

    @property
    def catalogue(self) -> Path:
        return self.path / "catalogue.sqlite3"

    @property
    def matching(self) -> Path:
        return self.path / "matching"

    @property
    def watch(self) -> Path:
        return self.path / "watch"

    def watch_set(self, network: str) -> Path:
        """What the room of a network looks for."""
        return self.watch / f"{network}.arrow"

    @property
    def spool(self) -> Path:
        return self.path / "spool"

    @property
    def segments(self) -> Path:
        return self.path / "segments"

    @property
    def hub(self) -> Path:
        return self.path / "hub"

    @property
    def admitted(self) -> Path:
        """Segments that the hub has logged and the store has not taken in yet."""
        return self.hub / "admitted"

    @property
    def store(self) -> Path:
        return self.path / "store"

    @property
    def places(self) -> Path:
        return self.path / "places"

    @property
    def collector(self) -> Path:
        return self.path / "collector"


class NoHomeError(Exception):
    """No installation where we looked."""


_chosen: Path | None = None


def choose_home(path: Path | None) -> None:
    """Remember what --home said; None leaves it to the environment."""
    global _chosen  # noqa: PLW0603 - one process, one home: set once by the root command
    _chosen = path


def home_path() -> Path:
    """Where the home is or would be: --home, LUZEIRO_HOME, else ~/.luzeiro."""
    return (_chosen or Path(os.environ.get(HOME_VARIABLE) or "~/.luzeiro")).expanduser()


def current_home() -> Home:
    """The installation to work in.

    Raises:
        NoHomeError: nothing was set up there yet.
    """
    home = Home(home_path())
    if not home.marker.is_file():
        raise NoHomeError(
            f"{home.path} is not a Luzeiro home. Run 'luzeiro init', "
            f"or name another folder with --home or {HOME_VARIABLE}."
        )
    return home
