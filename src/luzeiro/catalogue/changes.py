"""What changed since a revision: so that whatever follows from the catalogue can follow cheaply."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from luzeiro.catalogue import bulk
from luzeiro.catalogue import setup as _setup  # noqa: F401 - before the models
from luzeiro.catalogue.models import Identifier, Merge, Revision
from luzeiro.catalogue.rule import RULE
from luzeiro.catalogue.schemes import tables
from luzeiro.catalogue.standing import batches, members_of, speaking_for
from luzeiro.observations.identifiers import IdentifierKind


@dataclass(frozen=True, slots=True)
class State:
    """Which catalogue something was made from, as it was then."""

    revision: int  # the newest; 0 in an empty catalogue
    made_at: str  # that revision's instant, so that another catalogue's is told apart
    rule: str  # the rule and the schemes' tables that it judged by


def state_now() -> State:
    """The state of the open catalogue."""
    newest = Revision.objects.order_by("-pk").first()
    spelled = [
        f"{name}:{row.label}:{row.aliases}={row.means}"
        for name in sorted(tables.names())
        for row in tables.load(name).rows
    ]
    rule = hashlib.sha256("\n".join([RULE, *spelled]).encode()).hexdigest()
    if newest is None:
        return State(0, "", rule)
    return State(newest.pk, newest.made_at.isoformat(), rule)


def still_there(state: State) -> bool:
    """Whether the open catalogue has gone on from a state, judging by the same rule."""
    if state.rule != state_now().rule:
        return False
    if not state.revision:
        return True
    then = Revision.objects.filter(pk=state.revision).first()
    since = Revision.objects.filter(pk__gt=state.revision, of_authority=True)
    return then is not None and then.made_at.isoformat() == state.made_at and not since.exists()


def count_changed_since(state: State, *, at_most: int) -> int:
    """How many entries changed, or `at_most` where more did."""
    return len(_entries_since(state, at_most))


def changed_since(state: State, kind: IdentifierKind) -> Iterator[tuple[bytes, int, bool]]:
    """Give (digest, the entry that speaks for it, whether it stands) of what may have changed.

    All identifiers of a kind of every file that a vote, a name or a merge reached since.
    """
    entries = _entries_since(state, None)
    roots = set(speaking_for(entries).values())
    members = members_of(roots)
    for some in batches(sorted(members)):
        of_kind = Identifier.objects.filter(entry__in=some, kind=kind)
        for digest, entry, withdrawn_by in of_kind.values_list(
            "digest", "entry_id", "withdrawn_by_id"
        ):
            yield bytes(digest), members[entry], withdrawn_by is None


def _entries_since(state: State, at_most: int | None) -> set[int]:
    limit = "" if at_most is None else f" LIMIT {int(at_most)}"
    since = state.revision
    found = bulk.select(
        "SELECT entry_id FROM catalogue_vote WHERE withdrawn_by_id > %s "
        "UNION SELECT entry_id FROM catalogue_vote WHERE entered_by_id > %s "
        "UNION SELECT entry_id FROM catalogue_identifier WHERE withdrawn_by_id > %s "
        "UNION SELECT entry_id FROM catalogue_identifier WHERE named_by_id > %s "
        "UNION SELECT n.entry_id FROM catalogue_naming n JOIN catalogue_revision r "
        f"ON r.undoes_id = n.withdrawn_by_id WHERE r.id > %s{limit}",
        [since] * 5,
    )
    merges = Merge.objects.filter(revision__gt=since) | Merge.objects.filter(undone_by__gt=since)
    ends = {end for pair in merges.values_list("one_id", "other_id") for end in pair}
    return {entry for (entry,) in found} | ends
