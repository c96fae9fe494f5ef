"""The words for people of requests and operations, as their templates and modules say them."""

import ast
import re
from pathlib import Path

import luzeiro

SOURCE = Path(luzeiro.__file__).parent
ROOMS = ("requests", "operations")
TEMPLATES = SOURCE / "portal" / "templates"
TRANS = re.compile(r"""{%\s*trans\s+(?:"([^"]+)"|'([^']+)')""")
BLOCK = re.compile(r"{%\s*blocktrans[^%]*%}(.*?){%\s*(?:plural|endblocktrans)", re.DOTALL)


def in_templates() -> set[str]:
    found = set()
    for room in ROOMS:
        for path in (TEMPLATES / room).glob("*.html"):
            text = path.read_text()
            found |= {one or other for one, other in TRANS.findall(text)}
            found |= {re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", one) for one in BLOCK.findall(text)}
    return found


def in_code() -> set[tuple[str, str]]:
    """Context and message of every call of gettext and its kin, in the rooms' modules."""
    paths = [path for room in ROOMS for path in (SOURCE / "casework" / room).rglob("*.py")]
    paths.append(SOURCE / "portal" / "templatetags" / "operations.py")
    found = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            words = [one.value for one in node.args if isinstance(one, ast.Constant)]
            texts = [word for word in words if isinstance(word, str)]
            if node.func.id in ("_", "gettext", "gettext_lazy") and texts:
                found.add(("", texts[0]))
            elif node.func.id == "pgettext_lazy":
                found.add((texts[0], texts[1]))
    return found
