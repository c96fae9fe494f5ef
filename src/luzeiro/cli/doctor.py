"""`luzeiro doctor`: what is wrong with an installation, and how to mend it."""

import json
import resource
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from luzeiro.catalogue.store import open_catalogue
from luzeiro.cli.home import Home, NoHomeError, current_home
from luzeiro.cli.output import Output, emit
from luzeiro.cli.store import open_store
from luzeiro.collector.clock import read_clock
from luzeiro.collector.spool import Spool
from luzeiro.collector.state import CollectorState
from luzeiro.networks.bittorrent.watch import WatchSet


class Health(StrEnum):
    GOOD = "good"
    WARNING = "warning"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at, and what to do where it is not good."""

    what: str
    health: Health
    told: str
    mend: str = ""


_LOW_DISK_BYTES = 2 * 2**30
_FEW_FILES = 1024
