"""Every word for people is there in three languages, whole: nothing untranslated, nothing glued."""

import re
from pathlib import Path

import pytest
from django.utils.translation import gettext, override, pgettext

from tests.portal.words import PAPERS, in_code, in_templates, templates

# What reads alike in English.
ALIKE = {"es": {"API", "%(n)s byte", "Id", "no"}, "pt-br": {"API", "%(n)s byte", "Id"}}
# No words: names of formats and standards.
NAMES = {"ASN", "PDF", "JSON", "API", "Luzeiro"}


@pytest.mark.parametrize("language", ["es", "pt-br"])
def test_each_sentence_of_every_room_is_translated(language: str) -> None:
    wanted = {("", one) for one in in_templates()} | in_code()
    assert len(wanted) > 500
    with override(language):
        missing = {
            text
            for context, text in wanted
            if (pgettext(context, text) if context else gettext(text)) == text
        }
    assert missing <= ALIKE[language]


@pytest.mark.parametrize("path", templates(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_no_template_has_words_outside_of_a_translation(path: Path) -> None:
    bare = re.compile(r">([^<>{}]*[A-Za-zÀ-ÿ]{3}[^<>{}]*)<")
    text = re.sub(r"{%\s*blocktrans.*?endblocktrans\s*%}", "", path.read_text())
    found = {one.strip() for one in bare.findall(text)} - NAMES
    assert not {one for one in found if "SHA-256" not in one}


def test_no_sentence_is_made_of_pieces() -> None:
    # A message with a name in it says so by name; none ends where another is to be added.
    for _, text in in_code():
        assert "{" not in text, text
        assert not re.search(r"%[sd]", text), text
        assert text == text.strip(), text


@pytest.mark.parametrize("path", PAPERS, ids=lambda path: f"{path.parts[-3]}/{path.stem}")
def test_no_paper_has_words_of_its_own(path: Path) -> None:
    # A page is laid out in one language, whichever: all that it says comes from the phrases.
    text = re.sub(r"//.*", "", path.read_text())
    quoted = set(re.findall(r'"([^"]*)"', text))
    assert not {one for one in quoted if re.search(r"[A-Za-zÀ-ÿ]{2} [A-Za-zÀ-ÿ]{2}", one)} - {
        "Libertinus Serif",
        "DejaVu Sans Mono",
    }
    content = re.sub(r'"[^"]*"', "", text)
    shown = re.findall(r"\[([^\[\]()\n]*)\]", content)
    while (less := re.sub(r"#?[\w.-]*\([^()]*\)", "", content)) != content:
        content = less  # code, from the inside out
    shown += re.findall(r"\[([^\[\]]*)\]", content)
    shown += re.findall(r"^[=+-] (.*)$", content, re.MULTILINE)
    for inside in shown:
        left = re.sub(r"#(?:if|else|for one in|let)?\s?[\w.-]+", "", inside)
        assert not re.search(r"[A-Za-zÀ-ÿ]{3}", left), inside
