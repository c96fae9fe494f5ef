"""The schemes that lists are written in, each a table in a TOML file with its reference.

A label's meaning is what its definition leaves open, no more: so nothing is gained on the way in.
On the way out a meaning gets the narrowest label that covers it, or none where no label of the
scheme surely fits: a loss is a missing label, never a wrong one.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from luzeiro.catalogue.schemes.internal import Internal, meaning

INTERNAL = "internal"  # the scheme of votes cast here: a label is an `Internal` as `str` writes it
FILES: Mapping[str, str] = {
    "vics-us": "vics_us.toml",
    "vics-ca": "vics_ca.toml",
    "caid-uk": "caid_uk.toml",
    "ncmec": "ncmec.toml",
    "interpol-baseline": "interpol_baseline.toml",
    "benign": "benign.toml",
}
MAX_NAME = 40  # characters, as the votes' column has them
INWARD_ONLY = frozenset({"benign"})  # no meaning goes out to these: only their own lists may say so


@dataclass(frozen=True, slots=True)
class Row:
    """One label of a scheme."""

    label: str
    title: str
    means: Internal
    aliases: tuple[str, ...] = ()  # other spellings, read and never written
    loss: str = ""  # what the label says, or leaves open, that the meaning cannot carry


@dataclass(frozen=True, slots=True)
class Scheme:
    """A scheme: where it is defined, its labels, and what is lost in general."""

    name: str
    title: str
    reference: str  # document, section, date
    published: bool  # False: given under agreement only; a unit brings its own table
    loss: str
    rows: tuple[Row, ...]

    def row(self, label: str) -> Row | None:
        """The row of a label or alias, whatever its case; None for one that is not in the table."""
        wanted = label.strip().casefold()
        for row in self.rows:
            if wanted == row.label.casefold() or wanted in map(str.casefold, row.aliases):
                return row
        return None

    def narrowest(self, means: Internal) -> Row | None:
        """The row that covers a meaning and leaves least open; of equal ones the first."""
        covering = [row for row in self.rows if row.means.covers(means)]
        return min(covering, key=lambda row: row.means.breadth, default=None)


_own: dict[str, Scheme] = {}


def to_internal(scheme: str, label: str) -> Internal | None:
    """Give what a label means; None for a label, or a scheme, that we do not know."""
    if scheme == INTERNAL:
        try:
            return Internal.parse(label)
        except ValueError:
            return None
    row = load(scheme).row(label) if scheme in names() else None
    return row.means if row is not None else None


def from_internal(scheme: str, means: Internal) -> str | None:
    """Give the narrowest label that covers a meaning; None where none surely does."""
    if scheme == INTERNAL:
        return str(means)
    row = load(scheme).narrowest(means) if scheme in names() - INWARD_ONLY else None
    return row.label if row is not None else None


def names() -> frozenset[str]:
    """The schemes whose labels can be read."""
    return frozenset(FILES) | _own.keys()


def kept_unread(scheme: str) -> bool:
    """Whether labels of a scheme are kept as they are spelled, since nobody published its table."""
    return scheme in names() and not load(scheme).published and not load(scheme).rows


def use_own(folder: Path) -> None:
    """Read the tables that a unit brought, each a *.toml file; they hold against ours.

    Those of another folder are forgotten; one that is not there holds none.

    Raises:
        ValueError: one is no table, or has a name that is ours alone.
    """
    _own.clear()
    found = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            scheme = read_scheme(path.read_text("utf-8"))
        except ValueError as error:
            raise ValueError(f"{path} is no scheme's table: {error}") from None
        if scheme.name in INWARD_ONLY | {INTERNAL}:
            raise ValueError(f"{path}: the scheme {scheme.name} is ours alone")
        if len(scheme.name) > MAX_NAME:
            raise ValueError(f"{path}: a scheme's name is no longer than {MAX_NAME} characters")
        found[scheme.name] = scheme
    _own.update(found)


def load(name: str) -> Scheme:
    """Give a scheme, the unit's own or one that ships with us.

    Raises:
        KeyError: there is none of that name.
    """
    return _own.get(name) or _shipped(name)


@cache
def _shipped(name: str) -> Scheme:
    return read_scheme(files(__package__).joinpath(FILES[name]).read_text("utf-8"))


def read_scheme(text: str) -> Scheme:
    """Read a scheme's table, ours or a unit's own.

    Raises:
        ValueError: not TOML, a key missing or of the wrong type, or a label given twice.
    """
    table = tomllib.loads(text)
    try:
        reference = table["reference"]
        scheme = Scheme(
            name=table["name"],
            title=table["title"],
            reference=f"{reference['document']}; {reference['section']}; {reference['date']}",
            published=table["published"],
            loss=table["loss"],
            rows=tuple(map(_row, table.get("rows", ()))),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"no scheme: {error} is missing or of the wrong type") from None
    spelled = [name.casefold() for row in scheme.rows for name in (row.label, *row.aliases)]
    if len(spelled) != len(set(spelled)):
        raise ValueError(f"the scheme {scheme.name} gives a label twice")
    return scheme


def _row(row: Mapping[str, object]) -> Row:
    elements = {key: row.get(key) for key in ("acts", "ages", "depictions")}
    aliases = row.get("aliases", [])
    if not all(value is None or type(value) is list for value in (*elements.values(), aliases)):
        raise TypeError("a list")
    return Row(
        label=str(row["label"]),
        title=str(row["title"]),
        means=meaning(str(row["kind"]), **elements),  # type: ignore[arg-type]  # checked above
        aliases=tuple(aliases),  # type: ignore[arg-type]  # checked above
        loss=str(row.get("loss", "")),
    )
