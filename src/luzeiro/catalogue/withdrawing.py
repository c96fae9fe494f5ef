"""Taking words back: one vote, one revision, or all that a source ever said.

Each is a revision of its own, so it can be taken back as well; that gives back what it took.
Set-based: withdrawing five million votes is a few statements.
"""

from dataclasses import dataclass
from datetime import datetime

from luzeiro.catalogue import bulk
from luzeiro.catalogue import setup as _setup  # noqa: F401 - before the models
from luzeiro.catalogue.errors import CatalogueError
from luzeiro.catalogue.merging import merge, undo
from luzeiro.catalogue.models import Conflict, Merge, Revision, Source, TorrentFile, Vote

_OF_ONE = "SELECT %s + 0"
_OF_SOURCE = (
    "SELECT id FROM catalogue_revision WHERE source_id = %s AND kind IN ('import', 'resolution')"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who takes something back, when (UTC), and why."""

    who: str
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """What a withdrawal came to."""

    revision: int
    votes: int  # taken back
    names: int  # identifiers that nobody vouches for any more
    merges: int  # undone
    restored: int  # votes that stand again


def withdraw_vote(number: int, by: By) -> Withdrawn:
    """Take one vote back.

    Raises:
        CatalogueError: there is none of that number, or it does not stand.
    """
    with bulk.one_change():
        vote = Vote.objects.select_related("source").filter(pk=number).first()
        if vote is None or vote.withdrawn_by_id is not None:
            gone = f"was taken back by revision {vote.withdrawn_by_id}" if vote else "is not known"
            raise CatalogueError(f"Vote {number} {gone}. See 'luzeiro catalogue votes'.")
        this = _revision(Revision.Kind.VOTE_WITHDRAWAL, vote.source, by)
        vote.withdrawn_by = this
        vote.save(update_fields=["withdrawn_by"])
        return _told(this, votes=1)


def withdraw_revision(number: int, by: By) -> Withdrawn:
    """Undo one revision: what it brought goes, what it took back returns.

    What later revisions changed since stays as they left it. Votes of a source that has judged
    anew since are not restored.

    Raises:
        CatalogueError: there is none of that number, or it is withdrawn already.
    """
    with bulk.one_change():
        undone = Revision.objects.select_related("source").filter(pk=number).first()
        if undone is None:
            raise CatalogueError(
                f"There is no revision {number}. See 'luzeiro catalogue revisions'."
            )
        if number in (back := taken_back()):
            raise CatalogueError(f"Revision {number} is withdrawn already, by {back[number]}.")
        this = _revision(Revision.Kind.WITHDRAWAL, undone.source, by, undoes=undone)
        resolutions = Conflict.objects.filter(
            raised_by=undone, resolved_by__kind=Revision.Kind.RESOLUTION
        ).values_list("resolved_by_id", flat=True)
        votes = names = merges = 0
        for one in sorted({number, *(pk for pk in resolutions if pk is not None)}):
            taken = _take_back(this, _OF_ONE, one)
            votes, names, merges = votes + taken[0], names + taken[1], merges + taken[2]
        restored = _give_back(this, undone)
        return _told(this, votes=votes, names=names, merges=merges, restored=restored)


def withdraw_source(name: str, by: By) -> Withdrawn:
    """Take back all that a source ever said. It may speak again later.

    Raises:
        CatalogueError: there is none of that name.
    """
    with bulk.one_change():
        source = Source.objects.filter(name=name).first()
        if source is None:
            known = ", ".join(Source.objects.order_by("name").values_list("name", flat=True)[:20])
            raise CatalogueError(
                f"There is no source {name!r}. The sources are: {known or 'none'}."
            )
        this = _revision(Revision.Kind.SOURCE_WITHDRAWAL, source, by)
        votes, names, merges = _take_back(this, _OF_SOURCE, source.pk)
        return _told(this, votes=votes, names=names, merges=merges)


def taken_back() -> dict[int, int]:
    """Revisions that are withdrawn, each with the withdrawal that stands."""
    back: dict[int, int] = {}
    withdrawals = Revision.objects.exclude(kind=Revision.Kind.IMPORT).order_by("-pk")
    for one in withdrawals:
        if one.pk in back:  # it was itself taken back later
            continue
        if one.kind == Revision.Kind.WITHDRAWAL and one.undoes_id is not None:
            back[one.undoes_id] = one.pk
        elif one.kind == Revision.Kind.SOURCE_WITHDRAWAL:
            of_source = Revision.objects.filter(
                source=one.source_id, kind=Revision.Kind.IMPORT, pk__lt=one.pk
            )
            back |= dict.fromkeys(of_source.values_list("pk", flat=True), one.pk)
    return back


def _take_back(this: Revision, which: str, number: int) -> tuple[int, int, int]:
    """Take back what revisions brought; gives how many votes, identifiers and merges."""
    votes = bulk.execute(
        "UPDATE catalogue_vote SET withdrawn_by_id = %s WHERE withdrawn_by_id IS NULL "
        f"AND (revision_id IN ({which}) OR entered_by_id IN ({which}))",
        [this.pk, number, number],
    )
    bulk.execute(
        "UPDATE catalogue_naming SET withdrawn_by_id = %s WHERE withdrawn_by_id IS NULL "
        f"AND revision_id IN ({which})",
        [this.pk, number],
    )
    _hand_over(this, which, number)
    names = bulk.execute(
        "UPDATE catalogue_identifier SET withdrawn_by_id = %s WHERE withdrawn_by_id IS NULL "
        f"AND named_by_id IN ({which})",
        [this.pk, number],
    )
    revisions = [pk for (pk,) in bulk.select(which, [number])]
    merges = list(Merge.objects.filter(undone_by=None, revision__in=revisions))
    undo(merges, this)
    Conflict.objects.filter(raised_by__in=revisions, outcome="").update(
        outcome=Conflict.Outcome.WITHDRAWN, resolved_by=this
    )
    TorrentFile.objects.filter(mapped_by__in=revisions, withdrawn_by=None).update(withdrawn_by=this)
    return votes, names, len(merges)


def _hand_over(this: Revision, which: str, number: int) -> None:
    """Identifiers that another import vouches for as well are named by that one from now on."""
    handed = bulk.select(
        "SELECT n.id, n.revision_id, i.id, i.named_by_id, r.source_id FROM catalogue_identifier i "
        "JOIN catalogue_revision r ON r.id = i.named_by_id "
        "JOIN catalogue_naming n ON n.id = (SELECT MIN(m.id) FROM catalogue_naming m "
        "WHERE m.identifier_id = i.id AND m.withdrawn_by_id IS NULL) "
        f"WHERE i.withdrawn_by_id IS NULL AND i.named_by_id IN ({which})",
        [number],
    )
    bulk.change_each(
        "UPDATE catalogue_naming SET revision_id = %s, source_id = %s, withdrawn_by_id = %s "
        "WHERE id = %s",
        [(before, source, this.pk, naming) for naming, _, _, before, source in handed],
    )
    bulk.change_each(
        "UPDATE catalogue_identifier SET named_by_id = %s WHERE id = %s",
        [(revision, identifier) for _, revision, identifier, _, _ in handed],
    )


def _give_back(this: Revision, undone: Revision) -> int:
    """Let stand again what a revision took back; gives how many votes."""
    bulk.stage("taken_back", [("id", "int")], ((pk,) for pk in sorted(taken_back())))
    restored = bulk.execute(
        "INSERT INTO catalogue_vote (entry_id, source_id, scheme, label, voted_on, list_key, "
        "revision_id, entered_by_id) "
        "SELECT entry_id, source_id, scheme, label, voted_on, list_key, revision_id, %s + 0 "
        "FROM catalogue_vote v WHERE withdrawn_by_id = %s AND entered_by_id <> %s "
        "AND revision_id NOT IN (SELECT id FROM taken_back) "
        "AND NOT EXISTS (SELECT 1 FROM catalogue_vote s WHERE s.entry_id = v.entry_id "
        "AND s.source_id = v.source_id AND s.withdrawn_by_id IS NULL)",
        [this.pk, undone.pk, undone.pk],
    )
    bulk.execute(
        "INSERT INTO catalogue_naming "
        "(identifier_id, entry_id, source_id, revision_id, withdrawn_by_id) "
        "SELECT i.id, i.entry_id, r.source_id, i.named_by_id, i.withdrawn_by_id "
        "FROM catalogue_identifier i JOIN catalogue_revision r ON r.id = i.named_by_id "
        "WHERE i.withdrawn_by_id = %s",
        [undone.pk],
    )
    bulk.execute(
        "UPDATE catalogue_identifier SET withdrawn_by_id = NULL WHERE withdrawn_by_id = %s",
        [undone.pk],
    )
    redone = Merge.objects.filter(undone_by=undone).values_list("one_id", "other_id")
    merge(list(redone), this)
    Conflict.objects.filter(resolved_by=undone).update(outcome="", resolved_by=None)
    TorrentFile.objects.filter(withdrawn_by=undone).update(withdrawn_by=None)
    if undone.of_authority and undone.source is not None:
        undone.source.authority = not undone.source.authority
        undone.source.save(update_fields=["authority"])
        this.of_authority = True
        this.save(update_fields=["of_authority"])
    return restored


def _revision(
    kind: Revision.Kind, source: Source | None, by: By, *, undoes: Revision | None = None
) -> Revision:
    return Revision.objects.create(
        kind=kind,
        source=source,
        made_at=by.at,
        made_by=by.who[:100],
        reason=by.reason[:255],
        undoes=undoes,
    )


def _told(
    this: Revision, *, votes: int = 0, names: int = 0, merges: int = 0, restored: int = 0
) -> Withdrawn:
    Revision.objects.filter(pk=this.pk).update(changed=votes, added=restored)
    return Withdrawn(revision=this.pk, votes=votes, names=names, merges=merges, restored=restored)
