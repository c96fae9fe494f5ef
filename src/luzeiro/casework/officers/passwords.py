"""Words of the place: what whoever guesses at an investigator's password tries first."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from luzeiro.casework.officers.models import Officer

# Without accents; docs/reference/security.md names them. The unit's and the officer's are added.
WORDS = (
    "luzeiro", "policia", "police", "fiscalia", "fiscal", "ministerio", "publico", "promotoria",
    "delegacia", "federal", "investigador", "investigator", "supervisor", "unidad", "unidade",
    "password", "contrasena", "senha",
)  # fmt: skip
LEFT = 8  # characters that must remain once such words are taken out
_SHORT = 4  # a name's part below this is in too many words to count


class WordsOfThePlace:
    """A validator of Django's: refuses a password that is little more than such words."""

    def validate(self, password: str, user: Officer | None = None) -> None:
        """Judge a password.

        Raises:
            ValidationError: fewer than `LEFT` characters remain without the words.
        """
        left = plain(password)
        for word in sorted({*WORDS, *_words_of(user)}, key=len, reverse=True):
            left = left.replace(word, "")
        if len(left) < LEFT:
            raise ValidationError(self.get_help_text(), code="words of the place")

    def get_help_text(self) -> str:
        return _("It is little more than words of this place: names, units, trades. Add others.")


def plain(text: str) -> str:
    """A text in small letters without accents or spaces."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in apart if not unicodedata.combining(one) and not one.isspace())


def _words_of(officer: Officer | None) -> set[str]:
    if officer is None:
        return set()
    told = f"{officer.name} {officer.login} {officer.unit.name}".split()
    return {word for one in told if len(word := plain(one)) >= _SHORT}
