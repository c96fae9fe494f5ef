"""Every sentence for people is there in each language, and says the same things by name; and Django
has nothing to say about how the portal is deployed.
"""

import gettext
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import luzeiro.portal
from luzeiro.portal.secret import make_secret

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


def test_the_portal_asks_the_catalogue_that_the_commands_write(tmp_path: Path) -> None:
    make_secret(tmp_path)
    code = "from django.conf import settings as s; print(s.DATABASES['catalogue']['HOST'])"
    told = {
        **os.environ, "LUZEIRO_HOME": str(tmp_path), "LUZEIRO_PLAIN_HTTP": "1",
        "DJANGO_SETTINGS_MODULE": "luzeiro.portal.settings",
        "LUZEIRO_CATALOGUE_URL": "postgresql://app@db.example/hashes",
    }  # fmt: skip
    asked = [sys.executable, "-c", code]
    done = subprocess.run(asked, env=told, capture_output=True, text=True, check=True)
    assert done.stdout == "db.example\n"


def test_every_cookie_is_bound_to_this_host_and_none_says_anything_but_who_and_which_language() -> (
    None
):
    code = (
        "from luzeiro.portal import settings as s;"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.LANGUAGE_COOKIE_NAME,"
        " s.MESSAGE_STORAGE)"
    )
    told = {key: value for key, value in os.environ.items() if not key.startswith("LUZEIRO_")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=told, capture_output=True, text=True, check=True
    )
    *names, storage = done.stdout.split()
    assert names == ["__Host-session", "__Host-csrf", "__Host-language"]
    assert storage == "django.contrib.messages.storage.session.SessionStorage"


def checked(home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "luzeiro.portal", "check", "--deploy", "--fail-level", "INFO"]
    told = {key: value for key, value in os.environ.items() if not key.startswith("LUZEIRO_")}
    told.update(environment, LUZEIRO_HOME=str(home), LUZEIRO_HOSTS="portal.example")
    told["DJANGO_SETTINGS_MODULE"] = "luzeiro.portal.settings"
    return subprocess.run(command, env=told, capture_output=True, text=True, check=False)


def test_djangos_checks_of_a_deployment_find_nothing_and_would_find_plain_http(
    tmp_path: Path,
) -> None:
    make_secret(tmp_path)
    clean = checked(tmp_path)
    assert (clean.returncode, clean.stdout) == (
        0,
        "System check identified no issues (0 silenced).\n",
    ), clean.stderr
    assert "security.W" in checked(tmp_path, LUZEIRO_PLAIN_HTTP="1").stderr
