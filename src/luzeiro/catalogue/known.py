"""What the catalogue already knows of the files that a batch of rows names: asked for once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from luzeiro.catalogue import bulk
from luzeiro.catalogue.models import Revision
from luzeiro.catalogue.rows import ListRow
from luzeiro.observations.identifiers import Identifier, IdentifierKind

TORRENT_KINDS = frozenset({IdentifierKind.BTIH, IdentifierKind.BTMH})  # of which one file has many


# Plain text: the driver takes it as it is, and a member of an enumeration only after asking around.
SPELLED = {kind: kind.value for kind in IdentifierKind}
_KINDS = {kind.value: kind for kind in IdentifierKind}


@dataclass(slots=True)
class StandingVote:
    """A standing vote of the importing source; `vote_id` is None until it is written."""

    vote_id: int | None
    entry: int
    scheme: str
    label: str
    voted_on: str | None = None  # ISO 8601
    list_key: str | None = None
    superseded: bool = False  # taken back by this very import, before it was written


@dataclass(slots=True)
class KnownFile:
    """One file: an entry with all that were merged into it."""

    entry: int  # the one that speaks for all
    size_bytes: int | None = None
    digests: dict[IdentifierKind, bytes] = field(default_factory=dict)  # torrents' names left out
    own_votes: list[StandingVote] = field(default_factory=list)
    others: set[tuple[str, str]] = field(default_factory=set)  # (scheme, label) of other sources
    joined: "KnownFile | None" = None  # a row of this batch made it part of another

    def now(self) -> "KnownFile":
        """The file that speaks for this one after the merges of this batch."""
        file = self
        while file.joined is not None:
            file = file.joined
        return file


@dataclass(slots=True)
class KnownName:
    """An identifier in the catalogue."""

    identifier_id: int | None  # None: it is new, and not written yet
    file: KnownFile | None  # None: nobody vouches for it any more
    entry: int
    named_by: int  # a revision
    withdrawn_by: int | None
    vouched: bool  # the importing source vouches for it


class Known:
    """The part of the catalogue that a batch of rows touches.

    Args:
        source: whose rows they are.
        rows: the batch.
        placed: the entry that a vetted map gives for the one row of the batch.
    """

    def __init__(self, source: int, rows: Iterable[ListRow], placed: int | None = None) -> None:
        self._source = source
        self.names: dict[IdentifierKind, dict[bytes, KnownName]] = defaultdict(dict)
        self.files: dict[int, KnownFile] = {}  # by the entry that speaks
        self.keys: dict[str, set[int]] = defaultdict(set)  # entries, by the list's own key
        rows = list(rows)
        names = sorted([(n.digest, SPELLED[n.kind]) for row in rows for n in row.identifiers])
        self.repeated = {one for one, next_one in pairwise(names) if one == next_one}
        if self.repeated:
            names = sorted(set(names))
        keys = sorted({row.key for row in rows if row.key is not None})
        found = self._ask_names(names) if names else []
        by_key = self._ask_keys(keys) if keys else []
        wanted = {root for *_, root in found} | {root for *_, root in by_key}
        wanted |= set() if placed is None else {placed}
        if wanted:
            doubtful = self._doubtful(rows, found) if placed is None else wanted
            self._ask_files(sorted(wanted), doubtful)
        self.placed = None if placed is None else self.files[placed]
        ours = set(Revision.objects.filter(source=source).values_list("pk", flat=True))
        for kind, digest, identifier, entry, named_by, withdrawn_by, naming, root in found:
            stands = withdrawn_by is None
            self.names[_KINDS[kind]][digest] = KnownName(
                identifier,
                self.files[root] if stands else None,
                entry,
                named_by,
                withdrawn_by,
                stands and (named_by in ours or naming is not None),
            )
        for key, root in by_key:
            self.keys[key].add(root)

    def file_of(self, name: Identifier) -> KnownFile | None:
        known = self.names[name.kind].get(name.digest)
        return known.file.now() if known is not None and known.file is not None else None

    def is_new(self, row: ListRow) -> bool:
        """Whether nothing here knows any name of a row, nor does another row of the batch."""
        names = self.names
        return self.placed is None and not any(
            name.digest in names[name.kind] or (name.digest, SPELLED[name.kind]) in self.repeated
            for name in row.identifiers
        )

    def _doubtful(self, rows: list[ListRow], found: list[tuple[Any, ...]]) -> set[int]:
        """Files whose digests must be known, since a row may add to them."""
        root_of = {
            (found_name[1], found_name[0]): found_name[-1]
            for found_name in found
            if found_name[5] is None  # stands
        }
        doubtful: set[int] = set()
        for row in rows:
            roots = {root_of.get((name.digest, SPELLED[name.kind])) for name in row.identifiers}
            if len(roots) > 1:
                doubtful.update(root for root in roots if root is not None)
        return doubtful

    def _ask_names(self, names: list[tuple[bytes, str]]) -> list[tuple[Any, ...]]:
        bulk.stage("wanted_name", [("digest", "bytes"), ("kind", "text")], names)
        return bulk.select(
            "SELECT i.kind, i.digest, i.id, i.entry_id, i.named_by_id, i.withdrawn_by_id, "
            "n.id, COALESCE(e.merged_into_id, e.id) "
            "FROM wanted_name w CROSS JOIN catalogue_identifier i "
            "JOIN catalogue_entry e ON e.id = i.entry_id "
            "LEFT JOIN catalogue_naming n ON n.identifier_id = i.id AND n.source_id = %s "
            "AND n.withdrawn_by_id IS NULL "
            "WHERE i.digest = w.digest AND i.kind = w.kind",
            [self._source],
        )

    def _ask_keys(self, keys: list[str]) -> list[tuple[str, int]]:
        bulk.stage("wanted_key", [("list_key", "text")], ((key,) for key in keys))
        return bulk.select(
            "SELECT v.list_key, COALESCE(e.merged_into_id, e.id) "
            "FROM wanted_key w CROSS JOIN catalogue_vote v "
            "JOIN catalogue_entry e ON e.id = v.entry_id "
            "WHERE v.list_key = w.list_key AND v.source_id = %s AND v.withdrawn_by_id IS NULL",
            [self._source],
        )

    def _ask_files(self, roots: list[int], doubtful: set[int]) -> None:
        bulk.stage("wanted_root", [("id", "int")], ((root,) for root in roots))
        members = bulk.select(
            "SELECT e.id, e.id, e.size_bytes FROM wanted_root w CROSS JOIN catalogue_entry e "
            "WHERE e.id = w.id UNION ALL "
            "SELECT e.id, e.merged_into_id, e.size_bytes FROM wanted_root w "
            "CROSS JOIN catalogue_entry e WHERE e.merged_into_id = w.id"
        )
        of_entry: dict[int, KnownFile] = {}
        for entry, root, size_bytes in members:
            file = of_entry[entry] = self.files.setdefault(root, KnownFile(root))
            file.size_bytes = file.size_bytes or size_bytes
        self._ask_votes(of_entry)
        entries = sorted(entry for entry, file in of_entry.items() if file.entry in doubtful)
        bulk.stage("wanted_entry", [("id", "int")], ((entry,) for entry in entries))
        for entry, kind, digest in bulk.select(
            "SELECT i.entry_id, i.kind, i.digest FROM wanted_entry w "
            "CROSS JOIN catalogue_identifier i "
            "WHERE i.entry_id = w.id AND i.withdrawn_by_id IS NULL"
        ):
            if (of_kind := _KINDS[kind]) not in TORRENT_KINDS:
                of_entry[entry].digests[of_kind] = digest

    def _ask_votes(self, of_entry: dict[int, KnownFile]) -> None:
        bulk.stage("wanted_entry", [("id", "int")], ((entry,) for entry in sorted(of_entry)))
        for vote, entry, source, scheme, label, key in bulk.select(
            "SELECT v.id, v.entry_id, v.source_id, v.scheme, v.label, v.list_key "
            "FROM wanted_entry w CROSS JOIN catalogue_vote v "
            "WHERE v.entry_id = w.id AND v.withdrawn_by_id IS NULL"
        ):
            if source == self._source:
                own = StandingVote(vote, entry, scheme, label, list_key=key)
                of_entry[entry].own_votes.append(own)
            else:
                of_entry[entry].others.add((scheme, label))
