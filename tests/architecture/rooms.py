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
        found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        return [importlib.import_module(one.name) for one in found]

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


def syntax_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def imports_of(path: Path) -> set[str]:
    """What a module imports: "asyncio", "random.Random"; of `import a.b`, "a.b" and "a"."""
    found = set()
    for node in ast.walk(syntax_of(path)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
            found |= {*names, *(name.partition(".")[0] for name in names)}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, node.module.partition(".")[0]}
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def attributes_of(path: Path) -> set[str]:
    """Every name that a module takes from something with a dot: `now` of `datetime.now`."""
    return {node.attr for node in ast.walk(syntax_of(path)) if isinstance(node, ast.Attribute)}


def words_of(path: Path) -> Iterator[str]:
    """Every text and bytes constant of a module that is no docstring."""
    tree = syntax_of(path)
    told = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in told:
            if isinstance(node.value, bytes):
                yield node.value.decode("latin-1")
            elif isinstance(node.value, str):
                yield node.value
