import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luzeiro.catalogue.importing import unusable
from luzeiro.catalogue.models import Conflict, Entry, Identifier, Revision, Source, Vote
from luzeiro.catalogue.queries import listed, watched_files
from luzeiro.catalogue.rows import ListRow, RejectedRow
from luzeiro.catalogue.store import Catalogue, open_catalogue
from luzeiro.observations.identifiers import IdentifierKind
from tests.catalogue.imports import name, row, take, take_all

pytestmark = pytest.mark.usefixtures("catalogue")


def test_a_row_becomes_an_entry_with_its_names_and_its_vote() -> None:
    outcome = take(row(name("md5", 1), name("sha1", 2), size_bytes=9))
    assert outcome.counts == {"added": 1}
    entry = Entry.objects.get()
    assert (entry.size_bytes, entry.identifiers.count()) == (9, 2)
    vote = Vote.objects.get()
    assert (vote.scheme, vote.label, vote.source.name) == ("interpol-baseline", "baseline", "A")


def test_the_same_list_twice_changes_nothing_the_second_time() -> None:
    rows = [row(name("md5", number)) for number in range(1, 6)]
    take(*rows)
    assert take(*rows).counts == {"unchanged": 5}
    assert (Entry.objects.count(), Vote.objects.count()) == (5, 5)


def test_an_import_is_one_revision_that_says_whose_list_and_what_it_changed() -> None:
    take(row(name("md5", 1)), RejectedRow("line 2", "bad"), source="B", list_name="x.csv")
    revision = Revision.objects.get()
    assert revision.source is not None
    assert (revision.source.name, revision.list_name) == ("B", "x.csv")
    assert (revision.added, revision.rejected, revision.unchanged) == (1, 1, 0)


def test_a_dry_run_changes_nothing() -> None:
    outcome = take(row(name("md5", 1)), dry_run=True)
    assert outcome.revision is None
    assert outcome.counts == {"added": 1}
    assert not Entry.objects.exists()
    assert not Revision.objects.exists()
    assert not Source.objects.exists()


def test_rows_that_share_an_identifier_are_one_entry() -> None:
    take(row(name("md5", 1), name("sha1", 2)))
    take(row(name("sha1", 2), name("sha256", 3)), source="B")
    assert Entry.objects.count() == 1
    assert Identifier.objects.count() == 3


def test_a_row_that_names_two_entries_makes_them_one() -> None:
    take(row(name("md5", 1), size_bytes=7), row(name("sha1", 2)))
    assert take(row(name("md5", 1), name("sha1", 2)), source="B").counts == {"added": 1}
    first, second = Entry.objects.order_by("pk")
    assert (first.merged_into, second.merged_into) == (None, first)
    (entry,) = listed()
    assert entry.identifiers == (name("md5", 1), name("sha1", 2))
    assert (entry.sources, entry.size_bytes) == (("A", "B"), 7)


@pytest.mark.parametrize(
    ("second", "kind", "told"),
    [
        (row(name("md5", 1), size_bytes=10), "two-sizes", "10 bytes (the row)"),
        (row(name("md5", 1), name("sha1", 9)), "two-digests", "two digests of kind sha1"),
        (row(name("md5", 1), name("md5", 3), name("sha1", 2)), "two-digests", "kind md5"),
        (row(name("sha256", 5), name("md5", 1), name("sha1", 4)), "two-digests", "kind sha1"),
    ],
)
def test_a_row_that_contradicts_its_entry_waits_and_changes_nothing(
    second: ListRow, kind: str, told: str
) -> None:
    take(row(name("md5", 1), name("sha1", 2), size_bytes=9), row(name("sha1", 4), size_bytes=8))
    outcome = take(second, source="B")
    assert outcome.counts == {"queued": 1}
    conflict = Conflict.objects.get()
    assert conflict.kind == kind
    assert told in conflict.told
    assert conflict.names.count() == len(second.identifiers)
    assert Identifier.objects.count() == 3
    assert not Vote.objects.filter(source__name="B").exists()
    assert take(second, source="B").counts == {"unchanged": 1}
    assert Conflict.objects.count() == 1


def test_a_changed_vote_withdraws_the_one_before_and_keeps_it() -> None:
    take(row(name("md5", 1), scheme="vics-us", label="1"))
    assert take(row(name("md5", 1), scheme="vics-us", label="2")).counts == {"changed": 1}
    assert [vote.label for vote in Vote.objects.filter(withdrawn_by=None)] == ["2"]
    assert Vote.objects.count() == 2


def test_a_list_can_take_its_word_back_and_nobody_elses() -> None:
    take(row(name("md5", 1)))
    take(row(name("md5", 1)), source="B")
    take(row(name("md5", 1), withdrawn=True))
    assert [vote.source.name for vote in Vote.objects.filter(withdrawn_by=None)] == ["B"]


def test_a_label_that_the_scheme_does_not_have_costs_its_row() -> None:
    outcome = take(row(name("md5", 1), label="nonsense"), row(name("md5", 2)))
    assert outcome.counts == {"rejected": 1, "added": 1}
    assert "no category 'nonsense'" in outcome.rejected[0].why
    assert unusable("interpol-baseline", None) == "no category: name one with --category"


KILLED = """
    import os, signal, sys
    from pathlib import Path
    from luzeiro.catalogue.store import open_catalogue
    from tests.catalogue.imports import name, row, take_all
    def rows():
        for number in range(1, 251):
            if number == int(sys.argv[2]):
                os.kill(os.getpid(), signal.SIGKILL)
            yield row(name("md5", number))
    with open_catalogue(Path(sys.argv[1])):
        take_all(rows())
"""


@pytest.mark.parametrize("at", [1, *Random(3).sample(range(2, 251), 3)])
def test_an_import_killed_at_any_row_leaves_the_catalogue_as_it_was(
    catalogue: Catalogue, at: int
) -> None:
    take(row(name("md5", 255)))
    home = catalogue.path.parent
    killed = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(KILLED), str(home), str(at)],
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        cwd=Path(__file__).parents[2],
    )
    assert killed.returncode == -signal.SIGKILL
    with open_catalogue(home):
        assert Entry.objects.count() == 1
        assert take_all(row(name("md5", number)) for number in range(1, 251)).counts["added"] == 250


def test_a_deletion_withdraws_the_vote_that_came_under_the_same_key_of_the_list() -> None:
    take(row(name("md5", 1), key="member 1, image 1"), row(name("md5", 2), key="member 1, image 2"))
    take(row(name("md5", 3), key="member 1, image 1"), source="B")
    outcome = take(row(withdrawn=True, key="member 1, image 1"), row(withdrawn=True, key="other"))
    assert outcome.counts == {"changed": 1, "unchanged": 1}
    standing = Vote.objects.filter(withdrawn_by=None).values_list("source__name", "entry")
    assert sorted(standing) == [("A", 2), ("B", 3)]


def test_a_scheme_that_nobody_published_is_kept_as_spelled_and_is_in_force_nowhere() -> None:
    assert unusable("vics-ca", "1") is None
    take(row(name("md5", 1), scheme="vics-ca", label="1"), authority=True)
    assert Vote.objects.get().label == "1"
    assert [one.category for one in listed()] == ["vics-ca:1"]
    assert list(watched_files(IdentifierKind.MD5)) == []


def test_the_same_file_again_is_told_with_the_revision_that_it_was() -> None:
    take(row(name("md5", 1)), list_sha256="ab" * 32)
    assert take(row(name("md5", 1)), list_sha256="ab" * 32).imported_before == 1
    assert take(row(name("md5", 1)), list_sha256="ab" * 32, source="B").imported_before is None


IDENTIFIERS = st.builds(name, st.sampled_from(["md5", "sha1", "btih"]), st.integers(1, 6))
ROWS = st.lists(
    st.builds(
        lambda names, size, label, withdrawn: row(
            *{one.kind: one for one in names}.values(),
            size_bytes=size,
            scheme="vics-us",
            label=label,
            withdrawn=withdrawn,
        ),
        st.lists(IDENTIFIERS, min_size=1, max_size=3),
        st.sampled_from([None, None, 7, 8]),
        st.sampled_from(["1", "2"]),
        st.sampled_from([False, False, False, True]),
    ),
    max_size=12,
)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ROWS)
def test_how_many_rows_are_taken_at_once_changes_nothing(rows: list[ListRow]) -> None:
    outcomes = []
    for batch_rows in (1, 3, 100):
        with transaction.atomic():
            outcome = take_all(rows, batch_rows=batch_rows)
            votes = Vote.objects.order_by("pk").values_list("entry", "label", "withdrawn_by")
            names = Identifier.objects.order_by("kind", "digest").values_list("digest", "entry")
            conflicts = Conflict.objects.order_by("pk").values_list("kind", "entry", "told")
            told = [(one.entry_id, one.identifiers, one.size_bytes) for one in listed()]
            outcomes.append(([*votes], [*names], [*conflicts], told, outcome.counts))
            transaction.set_rollback(True)
    numbered = [
        ([(*vote, by is not None) for *vote, by in votes], *rest) for votes, *rest in outcomes
    ]
    assert numbered[0] == numbered[1] == numbered[2]
