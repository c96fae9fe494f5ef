"""We decline: why, and what to do next, translated, for a person."""

from django.utils.translation import gettext_lazy


class Refusal(Exception):
    """A deed that is not done. Subclasses give the sentence, with named placeholders."""

    message = gettext_lazy("This cannot be done.")

    def __init__(self, **facts: object) -> None:
        super().__init__(type(self).__name__)
        self.facts = facts

    def for_people(self) -> str:
        """The sentence in the language in force."""
        return str(self.message) % self.facts if self.facts else str(self.message)

    def __str__(self) -> str:
        return self.for_people()
