"""The words for people, as every room's templates and modules say them, and papers' pages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import luzeiro

SOURCE = Path(luzeiro.__file__).parent
TEMPLATES = SOURCE / "portal" / "templates"
ROOMS = tuple(sorted(path.name for path in TEMPLATES.iterdir()))
PAPERS = tuple(sorted((SOURCE / "casework").glob("*/pages/*.typ")))
TRANS = re.compile(r"""{%\s*trans\s+(?:"([^"]+)"|'([^']+)')""")
BLOCK = re.compile(r"{%\s*blocktrans[^%]*%}(.*?){%\s*(?:plural|endblocktrans)", re.DOTALL)
PLACE = re.compile(r"{{\s*(\w+)\s*}}")
_PLAIN = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
_IN_CONTEXT = {"pgettext", "pgettext_lazy"}


def templates() -> list[Path]:
    return [path for room in ROOMS for path in sorted((TEMPLATES / room).glob("*.html"))]


def in_templates() -> set[str]:
    found = set()
    for path in templates():
        text = path.read_text()
        found |= {one or other for one, other in TRANS.findall(text)}
        found |= {PLACE.sub(r"%(\1)s", one) for one in BLOCK.findall(text)}
    return found


def in_code() -> set[tuple[str, str]]:
    """Context and message of every call of gettext and its kin, in casework and the portal."""
    return {
        told
        for folder in ("casework", "portal")
        for path in (SOURCE / folder).rglob("*.py")
        if "migrations" not in path.parts
        for told in _said(ast.parse(path.read_text()))
    }


def _said(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        words = [one.value for one in node.args if isinstance(one, ast.Constant)]
        texts = [word for word in words if isinstance(word, str)]
        if node.func.id in _PLAIN and texts:
            yield "", texts[0]
        elif node.func.id in _IN_CONTEXT:
            yield texts[0], texts[1]
