"""What the catalogue declines, in words for people: what, where, what to do."""


class CatalogueError(Exception):
    """Something asked of the catalogue cannot be done."""
