"""Sentences of papers, in the three languages: one TOML file a language, the same keys in each.

Pages are translated by Django; papers are not, since they are written in the language of whoever
is to read them, and must read the same years later.
"""

import string
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

LANGUAGES = ("es", "pt", "en")


@cache
def phrases(room: str, language: str) -> Mapping[str, str]:
    """The phrases of a room of casework, common ones among them.

    Raises:
        ValueError: a language that papers are not written in.
    """
    if language not in LANGUAGES:
        raise ValueError(f"papers are written in {', '.join(LANGUAGES)}, not in {language!r}")
    held: dict[str, str] = {}
    for name in ("paper", room):
        place = files(f"luzeiro.casework.{name}") / "phrases" / f"{language}.toml"
        held.update(tomllib.loads(place.read_text(encoding="utf-8")))
    return held


def paper_language(language: str) -> str:
    """The language of papers for an officer's: `pt-br` is `pt`."""
    short = language.partition("-")[0]
    return short if short in LANGUAGES else "en"


def decimal(number: float, form: str, words: Mapping[str, str]) -> str:
    """A number as the language writes it: `decimal(0.05, ".3f", words)`."""
    return format(number, form).replace(".", words["decimal_mark"])


def placeholders(phrase: str) -> set[str]:
    """The names that a phrase leaves open."""
    return {name for _, name, _, _ in string.Formatter().parse(phrase) if name is not None}
