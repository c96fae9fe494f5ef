"""Each network's room, as its code stands."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import luzeiro
from luzeiro.networks import ROOMS

SOURCE = Path(luzeiro.__file__).parent


@dataclass(frozen=True, slots=True)
class Room:
    """One room under networks/."""

    name: str

    @property
    def folder(self) -> Path:
        return SOURCE / "networks" / self.name

    def wire_modules(self) -> list[ModuleType]:
        package = importlib.import_module(f"luzeiro.networks.{self.name}.wire")
        names = [found.name for found in pkgutil.iter_modules(package.__path__)]
        return [importlib.import_module(f"{package.__name__}.{name}") for name in names]

    def messages(self) -> Iterator[type]:
        """Every class that the wire modules define."""
        for module in self.wire_modules():
            for _, found in inspect.getmembers(module, inspect.isclass):
                if found.__module__ == module.__name__:
                    yield found

    def says(self) -> set[type]:
        """What the wire modules list."""
        return {
            message for module in self.wire_modules() for message in getattr(module, "SAYS", ())
        }

    def files(self, *, outside: str) -> list[Path]:
        """The room's modules that are not under the folder `outside`."""
        return [
            path
            for path in sorted(self.folder.rglob("*.py"))
            if outside not in path.relative_to(self.folder).parts
        ]


def all_rooms() -> list[Room]:
    return [Room(name) for name in ROOMS]


def imports_of(path: Path) -> set[str]:
    """The top-level names of what a module imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found
