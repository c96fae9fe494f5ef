"""Which votes stand, and what follows from them: for some entries, or for the whole catalogue.

Nothing here is kept: categories follow from the votes at each question, so none can be stale.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import TypeVar

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from luzeiro.catalogue import bulk
from luzeiro.catalogue.models import Entry, Revision, Source, Vote
from luzeiro.catalogue.rule import Cast, in_force, watchable

_Key = TypeVar("_Key")
AT_ONCE = 400  # below SQLite's limit on parameters


@dataclass(frozen=True, slots=True)
class Standing:
    """A file's standing votes, as the rule sees them, and the newest revision among them."""

    casts: tuple[Cast, ...]
    told: tuple[str, ...]  # one line a vote: who says what, since which revision
    revision: int  # 0 without a vote

    @property
    def in_force(self) -> Cast | None:
        return in_force(self.casts)


def speaking_for(entries: Collection[int]) -> dict[int, int]:
    """The entry that speaks for each of these."""
    found = {}
    for some in batches(sorted(entries)):
        for entry, into in Entry.objects.filter(pk__in=some).values_list("pk", "merged_into"):
            found[entry] = into or entry
    return found


def members_of(roots: Collection[int]) -> dict[int, int]:
    """All entries that these speak for, each with the one that does."""
    members = {}
    for some in batches(sorted(roots)):
        of_these = Entry.objects.filter(Q(pk__in=some) | Q(merged_into__in=some))
        for entry, into in of_these.values_list("pk", "merged_into"):
            members[entry] = into or entry
    return members


def standing(roots: Collection[int], *, back_to: int | None = None) -> dict[int, Standing]:
    """The standing votes of files.

    Args:
        roots: entries that speak for their files.
        back_to: as it was before this revision: the votes that it took back stand, those that it
            entered do not, and its source is an authority only if it was one.
    """
    members = members_of(roots)
    votes: dict[int, list[Vote]] = {root: [] for root in roots}
    counts = Q(withdrawn_by=None)
    flipped = None
    if back_to is not None:
        made = Revision.objects.filter(pk=back_to, of_authority=True)
        flipped = made.values_list("source_id", flat=True).first()
        counts = (counts & ~Q(entered_by=back_to)) | Q(withdrawn_by=back_to)
    for some in batches(sorted(members)):
        for vote in Vote.objects.filter(counts, entry__in=some).select_related("source"):
            votes[members[vote.entry_id]].append(vote)
            vote.source.authority ^= vote.source_id == flipped
    return {root: standing_of(map(_cast, of_file)) for root, of_file in votes.items()}


def standing_of(votes: Iterable[tuple[Cast, int]]) -> Standing:
    """What follows from a file's standing votes, each with the revision that it came with."""
    ordered = sorted(votes, key=lambda vote: (vote[0].source, vote[1]))
    return Standing(
        casts=tuple(cast for cast, _ in ordered),
        told=tuple(
            f"{cast.source}{' (authority)' if cast.authority else ''}: {cast}, revision {revision}"
            for cast, revision in ordered
        ),
        revision=max((revision for _, revision in ordered), default=0),
    )


def _cast(vote: Vote) -> tuple[Cast, int]:
    source = vote.source
    return Cast(source.name, source.authority, vote.scheme, vote.label), vote.revision_id


def watched_entries() -> NDArray[np.bool_]:
    """Whether each entry's file is looked for; shape (highest number + 1,), one byte an entry.

    Reads every standing vote, in the order of the entries, in constant memory beside the answer.
    """
    ((highest,),) = bulk.select("SELECT COALESCE(MAX(id), 0) FROM catalogue_entry")
    watched = np.zeros(highest + 1, np.bool_)
    merged = dict(
        bulk.select(
            "SELECT id, merged_into_id FROM catalogue_entry WHERE merged_into_id IS NOT NULL"
        )
    )
    spoken_for = merged.keys() | set(merged.values())
    apart: dict[int, list[tuple[int, str, str]]] = defaultdict(list)
    judge = Judge()
    for entry, votes in groupby(_all_standing(), itemgetter(0)):
        said = tuple(sorted(vote[1:] for vote in votes))
        if entry in spoken_for:
            apart[merged.get(entry, entry)] += said
        else:
            watched[entry] = judge.watched(said)
    for entry in spoken_for:
        watched[entry] = judge.watched(tuple(sorted(apart[merged.get(entry, entry)])))
    return watched


class Judge:
    """The rule over (source's number, scheme, label): few combinations, each thought of once."""

    def __init__(self) -> None:
        self._sources = {one.pk: one for one in Source.objects.all()}
        self.in_force = lru_cache(maxsize=4096)(self._in_force)
        self.watched = lru_cache(maxsize=4096)(lambda said: watchable(self.in_force(said)))

    def _in_force(self, said: tuple[tuple[int, str, str], ...]) -> Cast | None:
        return in_force(
            [
                Cast(self._sources[source].name, self._sources[source].authority, scheme, label)
                for source, scheme, label in said
            ]
        )


def _all_standing() -> Iterator[tuple[int, int, str, str]]:
    return bulk.stream(
        "SELECT entry_id, source_id, scheme, label FROM catalogue_vote "
        "WHERE withdrawn_by_id IS NULL ORDER BY entry_id"
    )


def batches(keys: Iterable[_Key]) -> Iterator[list[_Key]]:
    """Cut keys into pieces that fit one question."""
    batch: list[_Key] = []
    for key in keys:
        batch.append(key)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch
