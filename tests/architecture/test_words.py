"""Every word for people is there in three languages, whole: nothing untranslated, nothing glued."""

import ast
import re
from pathlib import Path

import pytest
from django.utils.translation import gettext, override, pgettext

from tests.architecture.rooms import SOURCE

ROOMS = ("requests", "operations")
TEMPLATES = SOURCE / "portal" / "templates"
TRANS = re.compile(r"""{%\s*trans\s+(?:"([^"]+)"|'([^']+)')""")
BLOCK = re.compile(r"{%\s*blocktrans[^%]*%}(.*?){%\s*(?:plural|endblocktrans)", re.DOTALL)
# The same word in another language, or a standard's own.
SAME = {"Correct", "Total", "as of"}


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


@pytest.mark.parametrize("language", ["es", "pt-br"])
def test_each_sentence_of_requests_and_operations_is_translated(language: str) -> None:
    wanted = {("", one) for one in in_templates()} | in_code()
    assert len(wanted) > 200
    with override(language):
        missing = [
            text
            for context, text in sorted(wanted)
            if (pgettext(context, text) if context else gettext(text)) == text
        ]
    assert not set(missing) - SAME


def test_no_template_has_words_outside_of_a_translation() -> None:
    bare = re.compile(r">([^<>{}]*[A-Za-zÀ-ÿ]{3}[^<>{}]*)<")
    for room in ROOMS:
        for path in (TEMPLATES / room).glob("*.html"):
            text = re.sub(r"{%\s*blocktrans.*?endblocktrans\s*%}", "", path.read_text())
            found = {one.strip() for one in bare.findall(text)} - {"ASN"}
            assert not {one for one in found if "SHA-256" not in one}, path


def test_no_sentence_is_made_of_pieces() -> None:
    # A message with a name in it says so by name; none ends where another is to be added.
    for _, text in in_code():
        assert "{" not in text, text
        assert not re.search(r"%[sd]", text), text
        assert text == text.strip(), text


def test_the_translations_that_are_used_are_those_that_are_read() -> None:
    for language in ("es", "pt_BR"):
        folder = Path(SOURCE / "casework" / "operations" / "locale" / language / "LC_MESSAGES")
        assert (folder / "django.mo").stat().st_size > 10_000
