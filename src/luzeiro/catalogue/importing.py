"""Taking a source's word into the catalogue: one import is one revision, whole or not at all.

A crash leaves the catalogue as it was: the next run begins anew, since half a list is nobody's
word. The same list again changes nothing.
"""

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby, islice

from luzeiro.catalogue import bulk
from luzeiro.catalogue import setup as _setup  # noqa: F401 - before the models
from luzeiro.catalogue.known import Known
from luzeiro.catalogue.merging import parted
from luzeiro.catalogue.models import Conflict, ConflictName, Revision, Source
from luzeiro.catalogue.rows import ListRow, RejectedRow
from luzeiro.catalogue.schemes.tables import kept_unread, to_internal
from luzeiro.catalogue.taking import Fingerprint, Taking
from luzeiro.catalogue.torrents import MappedFile, entry_at, known_as_two, put
from luzeiro.catalogue.writing import write

BATCH_ROWS = 50_000  # some 150 MB while it is decided and written


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """Whose word it is, and what is meant where a row does not say."""

    source: str
    authority: bool = False  # the source is a designated authority from now on
    scheme: str = "interpol-baseline"
    label: str | None = None  # for rows without one
    voted_on: date | None = None
    list_name: str
    list_sha256: str
    at: datetime  # UTC
    by: str = ""  # who runs the import


@dataclass(slots=True)
class Outcome:
    """What an import came to."""

    revision: int | None = None  # None: a dry run
    counts: Counter[str] = field(default_factory=Counter)  # as the columns of a revision
    rejected: list[RejectedRow] = field(default_factory=list)  # the first `KEPT_REJECTED`
    imported_before: int | None = None  # a revision of the very same list, by the same source


class _DryRunError(Exception):
    """Ends the transaction of a dry run."""


Row = ListRow | RejectedRow | MappedFile
KEPT_REJECTED = 1_000


def import_rows(
    rows: Iterable[Row],
    what: Import,
    *,
    dry_run: bool = False,
    on_rejected: Callable[[RejectedRow], object] = lambda _: None,
    batch_rows: int = BATCH_ROWS,
) -> Outcome:
    """Take rows into the catalogue in one transaction.

    The same list twice changes nothing the second time. Rows that cannot be taken are rejected,
    each with its reason; rows that contradict the catalogue wait as conflicts; the others are kept.

    Args:
        rows: read as they are taken.
        what: whose word it is.
        dry_run: read, decide and count, and change nothing.
        on_rejected: hears each rejected row at once.
        batch_rows: decided and written together; the outcome does not depend on it.

    Raises:
        ListError: as the reader raises it; nothing is taken then.
    """
    outcome = Outcome()
    try:
        with bulk.one_change(), _no_search_for_cycles():
            under_way = _UnderWay(what, outcome, on_rejected)
            waiting = iter(rows)
            while some := list(islice(waiting, batch_rows)):
                under_way.take(some)
            under_way.finish()
            if dry_run:
                raise _DryRunError
    except _DryRunError:
        outcome.revision = None
    return outcome


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Rows hold no cycles, and looking for some among millions costs a tenth of the time."""
    searching = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searching:
            gc.enable()


class _UnderWay:
    """One import under way."""

    def __init__(
        self, what: Import, outcome: Outcome, on_rejected: Callable[[RejectedRow], object]
    ) -> None:
        self._what, self._outcome, self._on_rejected = what, outcome, on_rejected
        self._source, _ = Source.objects.get_or_create(name=what.source)
        made_authority = what.authority and not self._source.authority
        if made_authority:
            self._source.authority = True
            self._source.save(update_fields=["authority"])
        earlier = Revision.objects.filter(source=self._source, list_sha256=what.list_sha256)
        outcome.imported_before = earlier.values_list("pk", flat=True).last()
        self._revision = Revision.objects.create(
            source=self._source,
            made_at=what.at,
            made_by=what.by[:100],
            list_name=what.list_name[:255],
            list_sha256=what.list_sha256,
            of_authority=made_authority,
        )
        outcome.revision = self._revision.pk
        self._unusable = lru_cache(maxsize=1024)(unusable)
        self._taking = Taking(
            next_entry=bulk.next_id("catalogue_entry"),
            seen=_conflicts_of(self._source),
            benign=set(
                Conflict.objects.filter(kind=Conflict.Kind.BENIGN, outcome="").values_list(
                    "entry_id", flat=True
                )
            ),
            parted=parted(),
        )

    def take(self, rows: Sequence[Row]) -> None:
        for mapped, some in groupby(rows, lambda row: isinstance(row, MappedFile)):
            if mapped:
                for row in some:
                    assert isinstance(row, MappedFile)
                    self._take_mapped(row)
            else:
                self._take_listed([*self._usable(some)])

    def finish(self) -> None:
        self._outcome.counts += self._taking.counts
        kinds = ("added", "changed", "unchanged", "rejected", "queued")
        counted = {kind: self._outcome.counts[kind] for kind in kinds}
        Revision.objects.filter(pk=self._revision.pk).update(**counted)
        bulk.numbered_to("catalogue_entry")

    def _take_listed(self, rows: Sequence[tuple[ListRow, str, str]]) -> None:
        known = Known(self._source.pk, [row for row, _, _ in rows])
        write(self._taking.take(rows, known), self._revision, self._source.pk)

    def _take_mapped(self, file: MappedFile) -> None:
        name, at = file.name, f"{file.at} file {file.index}".lstrip()
        if known_as_two(file):
            why = (
                "this hybrid torrent is in the catalogue as two torrents, by its v1 and its v2 "
                "infohash: withdraw one of them first"
            )
            self._reject(RejectedRow(at, why))
            return
        row = ListRow(
            at=at,
            identifiers=(name,) if name is not None else (),
            size_bytes=file.torrent.files[file.index].size_bytes,
        )
        for usable in self._usable([row]):
            known = Known(self._source.pk, [row], placed=entry_at(file))
            write(self._taking.take([usable], known), self._revision, self._source.pk)
            if self._taking.entry is not None:
                put(file, self._taking.entry, self._revision)

    def _usable(self, rows: Iterable[Row]) -> Iterator[tuple[ListRow, str, str]]:
        scheme_of_list, label_of_list = self._what.scheme, self._what.label
        voted_on = self._what.voted_on
        for row in rows:
            if isinstance(row, RejectedRow):
                self._reject(row)
                continue
            assert isinstance(row, ListRow)
            scheme, label = row.scheme or scheme_of_list, row.label or label_of_list
            if not row.withdrawn and (why := self._unusable(scheme, label)) is not None:
                self._reject(RejectedRow(row.at, why))
                continue
            if voted_on is not None and row.voted_on is None:
                row = replace(row, voted_on=voted_on)  # the list has no date of its own
            yield row, scheme, label or ""

    def _reject(self, row: RejectedRow) -> None:
        self._on_rejected(row)
        self._outcome.counts["rejected"] += 1
        if len(self._outcome.rejected) < KEPT_REJECTED:
            self._outcome.rejected.append(row)


def unusable(scheme: str, label: str | None) -> str | None:
    """Say why a category cannot be taken, if it cannot."""
    if label is None:
        return "no category: name one with --category"
    if to_internal(scheme, label) is None and not kept_unread(scheme):
        return f"the scheme {scheme!r} has no category {label[:40]!r}"
    return None


def _conflicts_of(source: Source) -> set[Fingerprint]:
    names: dict[int, set[tuple[str, bytes]]] = {}
    of_source = ConflictName.objects.filter(conflict__raised_by__source=source)
    for conflict, kind, digest in of_source.values_list("conflict_id", "kind", "digest"):
        names.setdefault(conflict, set()).add((kind, bytes(digest)))
    standing = Conflict.objects.filter(raised_by__source=source)
    return {
        (frozenset(names[one.pk]), one.size_bytes, one.scheme, one.label)
        for one in standing.exclude(outcome=Conflict.Outcome.WITHDRAWN).iterator()
        if one.pk in names
    }
