"""Every sentence for people is there in each language, and says the same things by name."""

import gettext
import re
from pathlib import Path

import pytest

import luzeiro.portal

PACKAGE = Path(luzeiro.portal.__file__).parent
LOCALE = PACKAGE / "locale"
SOURCE = PACKAGE.parent
LANGUAGES = ("es", "pt_BR")
CODE = re.compile(r"""\b(?:_|gettext_lazy|gettext)\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\)""")
TAG = re.compile(r"""{%\s*trans(?:late)?\s+(?:"([^"]+)"|'([^']+)')""")
PLACE = re.compile(r"%\((\w+)\)[sd]")


def binary(language: str) -> dict[str | tuple[str, int], str]:
    with (LOCALE / language / "LC_MESSAGES" / "django.mo").open("rb") as file:
        held = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return {key: value for key, value in held.items() if key}


def translated(language: str) -> set[str]:
    """The sentences that have a translation, whatever their context."""
    keys = (key if isinstance(key, str) else key[0] for key in binary(language))
    return {key.split("\x04")[-1] for key in keys}


def sentences() -> set[str]:
    found = set()
    for path in [*SOURCE.glob("casework/**/*.py"), *SOURCE.glob("portal/**/*.py")]:
        for literals in CODE.findall(path.read_text()):
            found.add("".join(re.findall(r'"((?:[^"\\]|\\.)*)"', literals)))
    for path in PACKAGE.glob("templates/**/*.html"):
        found |= {one or other for one, other in TAG.findall(path.read_text())}
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated(language: str) -> None:
    wanted = sentences()
    assert len(wanted) > 300
    assert sorted(wanted - translated(language)) == []


def entries(language: str) -> list[str]:
    text = (LOCALE / language / "LC_MESSAGES" / "django.po").read_text()
    return [one for one in text.split("\n\n") if re.search(r"^msgid ", one, re.MULTILINE)][1:]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_empty_and_the_binary_is_made_of_the_source(language: str) -> None:
    held, sources = set(binary(language).values()), entries(language)
    assert not [one for one in sources if re.search(r'msgstr(\[\d\])? ""\s*(\n(?!")|$)', one)]
    assert not [one for one in sources if "#, fuzzy" in one]
    for one in sources:
        said = re.findall(r'^msgstr(?:\[\d\])? "(.+)"$', one, re.MULTILINE)
        assert all(text.replace('\\"', '"') in held for text in said), one


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_names_the_same_things(language: str) -> None:
    for one in entries(language):
        sentence, said = one.split("msgstr", maxsplit=1)
        assert set(PLACE.findall(said)) == set(PLACE.findall(sentence)), one
