"""What people and programs typed, made fit to be kept."""


def printable(text: str, *, most: int) -> str:
    """Leave out what nobody can read (NUL, controls), and cut what is too long."""
    return "".join(one for one in text if one.isprintable()).strip()[:most]
