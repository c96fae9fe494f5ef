"""What the catalogue already knows of the files that a batch of rows names: asked for once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from luzeiro.catalogue import bulk
from luzeiro.catalogue.rows import ListRow
from luzeiro.observations.identifiers import Identifier, IdentifierKind

TORRENT_KINDS = frozenset({IdentifierKind.BTIH, IdentifierKind.BTMH})  # of which one file has many


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
        names = sorted({(n.digest, n.kind.value) for row in rows for n in row.identifiers})
        keys = sorted({row.key for row in rows if row.key is not None})
        found = self._ask_names(names) if names else []
        by_key = self._ask_keys(keys) if keys else []
        wanted = {root for *_, root in found} | {root for *_, root in by_key}
        wanted |= set() if placed is None else {placed}
        if wanted:
            self._ask_files(sorted(wanted))
        self.placed = None if placed is None else self.files[placed]
        for kind, digest, identifier, entry, named_by, withdrawn_by, own, naming, root in found:
            self.names[IdentifierKind(kind)][digest] = KnownName(
                identifier_id=identifier,
                file=self.files[root] if withdrawn_by is None else None,
                entry=entry,
                named_by=named_by,
                withdrawn_by=withdrawn_by,
                vouched=withdrawn_by is None and (own == source or naming is not None),
            )
        for key, root in by_key:
            self.keys[key].add(root)

    def file_of(self, name: Identifier) -> KnownFile | None:
        known = self.names[name.kind].get(name.digest)
        return known.file.now() if known is not None and known.file is not None else None

    def _ask_names(self, names: list[tuple[bytes, str]]) -> list[tuple[Any, ...]]:
        bulk.stage("wanted_name", [("digest", "bytes"), ("kind", "text")], names)
        return bulk.select(
            "SELECT i.kind, i.digest, i.id, i.entry_id, i.named_by_id, i.withdrawn_by_id, "
            "r.source_id, n.id, COALESCE(e.merged_into_id, e.id) "
            "FROM wanted_name w CROSS JOIN catalogue_identifier i "
            "JOIN catalogue_entry e ON e.id = i.entry_id "
            "JOIN catalogue_revision r ON r.id = i.named_by_id "
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

    def _ask_files(self, roots: list[int]) -> None:
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
        bulk.stage("wanted_entry", [("id", "int")], ((entry,) for entry in sorted(of_entry)))
        for entry, kind, digest in bulk.select(
            "SELECT i.entry_id, i.kind, i.digest FROM wanted_entry w "
            "CROSS JOIN catalogue_identifier i "
            "WHERE i.entry_id = w.id AND i.withdrawn_by_id IS NULL"
        ):
            if (of_kind := IdentifierKind(kind)) not in TORRENT_KINDS:
                of_entry[entry].digests[of_kind] = digest
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
