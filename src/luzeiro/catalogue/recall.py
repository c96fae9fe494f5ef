"""What rested on a word that was taken back: files whose category changed, and what was made of it.

The catalogue knows its own files. What rests on them elsewhere (sightings, leads, packages) each
answers through a hook of its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Protocol

from luzeiro.catalogue import bulk
from luzeiro.catalogue import setup as _setup  # noqa: F401 - before the models
from luzeiro.catalogue.errors import CatalogueError
from luzeiro.catalogue.models import Identifier as Named
from luzeiro.catalogue.models import Merge, Revision
from luzeiro.catalogue.rule import Cast, in_force, watchable
from luzeiro.catalogue.standing import batches, members_of, speaking_for, standing
from luzeiro.observations.identifiers import Identifier, IdentifierKind

_AT_ONCE = 400
_ASKED_AT_ONCE = 100_000  # files, of a hook: it may read all that it keeps for each question


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """A file that a revision took something from, or gave something back to."""

    entry_id: int
    entries: tuple[int, ...]  # all that it goes by, merged ones too: what others may have recorded
    category_before: str | None
    category_now: str | None
    watched_before: bool
    watched_now: bool
    lost: tuple[Identifier, ...]  # identifiers that nobody vouches for any more

    @property
    def falls(self) -> bool:
        """Whether what rested on it rests no longer: as a file, or under a name that it lost."""
        return self.category_before != self.category_now or bool(self.lost)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rested:
    """One thing that rested on an affected file."""

    what: str  # sighting, lead, package
    number: str  # its own
    entry_id: int
    at: datetime
    category_then: str | None
    category_now: str | None
    told: str = ""  # what a person needs to find it


class Hook(Protocol):
    """Whoever keeps things that rest on the catalogue."""

    def resting_on(self, affected: Sequence[Affected]) -> Iterable[Rested]:
        """Give what rests on these files."""
        ...


def affected_by(revision: int) -> Iterator[Affected]:
    """Give the files that a revision touched, with the category before it and now.

    "Now" is at this moment: what later revisions changed is in it.

    Raises:
        CatalogueError: there is none of that number.
    """
    if not Revision.objects.filter(pk=revision).exists():
        raise CatalogueError(f"There is no revision {revision}. See 'luzeiro catalogue revisions'.")
    parted = _parted_by(revision)
    touched = iter(sorted(speaking_for(_touched_by(revision)).items()))
    seen: set[int] = set()
    while some := list(islice(touched, _AT_ONCE)):
        roots = {root for _, root in some} - seen
        seen |= roots
        yield from _affected(roots, revision, parted)


def rested_on(revision: int, hooks: Sequence[Hook]) -> Iterator[Rested]:
    """Give all that rested on what a revision took back, whoever keeps it."""
    falling = (one for one in affected_by(revision) if one.falls)
    while some := list(islice(falling, _ASKED_AT_ONCE)):
        for hook in hooks:
            yield from hook.resting_on(some)


def _affected(roots: set[int], revision: int, parted: dict[int, set[int]]) -> Iterator[Affected]:
    groups = {root: parted.get(root, {root}) for root in roots}
    everyone = {root for group in groups.values() for root in group}
    before, now = standing(everyone, back_to=revision), standing(roots)
    of_root: dict[int, list[int]] = {root: [] for root in roots}
    for entry, root in sorted(members_of(roots).items()):
        of_root[root].append(entry)
    lost = _lost(of_root, revision)
    for root in sorted(roots):
        votes = [cast for one in sorted(groups[root]) for cast in before[one].casts]
        was, is_now = in_force(votes), now[root].in_force
        yield Affected(
            entry_id=root,
            entries=tuple(of_root[root]),
            category_before=_spelled(was),
            category_now=_spelled(is_now),
            watched_before=watchable(was),
            watched_now=watchable(is_now),
            lost=tuple(lost[root]),
        )


def _lost(of_root: dict[int, list[int]], revision: int) -> dict[int, list[Identifier]]:
    lost: dict[int, list[Identifier]] = {root: [] for root in of_root}
    root_of = {entry: root for root, entries in of_root.items() for entry in entries}
    for some in batches(sorted(root_of)):
        gone = Named.objects.filter(entry__in=some, withdrawn_by=revision)
        for entry, kind, digest in gone.values_list("entry_id", "kind", "digest"):
            lost[root_of[entry]].append(Identifier(IdentifierKind(kind), bytes(digest)))
    return lost


def _spelled(cast: Cast | None) -> str | None:
    return str(cast) if cast is not None else None


def _touched_by(revision: int) -> set[int]:
    """The entries that a revision took something from or gave something to."""
    found = bulk.select(
        "SELECT entry_id FROM catalogue_vote WHERE withdrawn_by_id = %s OR entered_by_id = %s "
        "UNION SELECT entry_id FROM catalogue_identifier WHERE withdrawn_by_id = %s "
        "OR named_by_id = %s "
        "UNION SELECT entry_id FROM catalogue_torrentfile WHERE withdrawn_by_id = %s "
        "UNION SELECT n.entry_id FROM catalogue_naming n JOIN catalogue_revision r "
        "ON r.undoes_id = n.withdrawn_by_id WHERE r.id = %s",
        [revision] * 6,
    )
    merges = Merge.objects.filter(revision=revision) | Merge.objects.filter(undone_by=revision)
    ends = {end for pair in merges.values_list("one_id", "other_id") for end in pair}
    return {entry for (entry,) in found} | ends


def _parted_by(revision: int) -> dict[int, set[int]]:
    """The files that were one before a revision, by the entry that speaks for each now."""
    groups: dict[int, set[int]] = {}
    for one, other in Merge.objects.filter(undone_by=revision).values_list("one_id", "other_id"):
        together: set[int] = set()
        for end in (one, other):
            root = speaking_for({end}).get(end, end)
            together |= groups.get(root, {root})
        for root in together:
            groups[root] = together
    return groups
