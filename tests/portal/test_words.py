"""Every word for people is there in three languages, whole: nothing untranslated, nothing glued."""

import re

import pytest
from django.utils.translation import gettext, override, pgettext

from tests.portal.words import ROOMS, TEMPLATES, in_code, in_templates


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
    assert not missing


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
