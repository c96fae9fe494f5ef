"""The two ways a list can be wrong: a field that costs its row, and a file that cannot go on."""


class ListError(Exception):
    """A list that cannot be read any further; nothing of it may be imported.

    Says what is wrong, where, and what to do; the text is meant for a person.
    """

    def __init__(self, what: str, *, at: str, remedy: str) -> None:
        super().__init__(f"{what}, at {at}. {remedy}")
        self.what, self.at, self.remedy = what, at, remedy


class FieldError(ValueError):
    """A field of one row that cannot be read: the row is rejected, the others are kept."""


def cut_off(at: str) -> ListError:
    """The file ends in the middle of something."""
    return ListError(
        "the file ends in the middle of something",
        at=at,
        remedy="It was cut off: get it again and compare its size and digest with the source's.",
    )
