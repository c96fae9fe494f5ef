import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings

from luzeiro.catalogue.judged import UNKNOWN
from luzeiro.catalogue.judging import judge_files
from luzeiro.catalogue.models import Entry, Identifier
from luzeiro.catalogue.rule import RULE
from luzeiro.catalogue.standing import AT_ONCE, standing
from luzeiro.catalogue.torrents import MappedFile
from luzeiro.catalogue.withdrawing import withdraw_revision
from luzeiro.observations.identifiers import Identifier as Name
from luzeiro.observations.identifiers import IdentifierKind
from tests.catalogue.imports import name, row, take
from tests.catalogue.test_importing import ROWS
from tests.catalogue.test_torrents import torrent_map
from tests.catalogue.test_withdrawing import BY

pytestmark = pytest.mark.usefixtures("catalogue")
_NONE: list[tuple[str, bytes, int | None]] = []


def files(*wanted: tuple[str, bytes, int | None]) -> pa.Table:
    kinds, digests, places = zip(*wanted, strict=True) if wanted else (_NONE, _NONE, _NONE)
    return pa.table(
        {
            "identifier_kind": pa.array(kinds, pa.string()),
            "identifier": pa.array(digests, pa.binary()),
            "file_index": pa.array(places, pa.int32()),
        }
    )


def test_files_with_the_same_votes_share_one_statement() -> None:
    take(row(name("md5", 1)), row(name("md5", 2)), authority=True)
    take(row(name("sha1", 3)), source="B")
    judged = judge_files(
        files(
            ("md5", bytes([2]) * 16, None),
            ("sha1", bytes([3]) * 20, None),
            ("md5", bytes([9]) * 16, None),
            ("md5", bytes([1]) * 16, None),
        )
    )
    assert judged.entries.tolist() == [2, 3, UNKNOWN, 1]
    assert judged.which[0] == judged.which[3] != judged.which[1]
    assert judged.which[2] == UNKNOWN
    first, other = judged.said_of(0), judged.said_of(1)
    assert first is not None
    assert other is not None
    assert (first.category, first.rule) == ("interpol-baseline:baseline", RULE)
    assert first.votes == ("A (authority): interpol-baseline:baseline, revision 1",)
    assert (other.category, other.list_revision) == (None, 2)


def test_a_place_in_a_torrent_is_not_the_torrent_as_a_whole() -> None:
    take(MappedFile(torrent_map(btmh=b"\x02" * 32), 1), authority=True)
    take(row(name("btih", 1)), source="B")
    btih, btmh = bytes([1]) * 20, bytes([2]) * 32
    judged = judge_files(
        files(("btih", btih, 1), ("btmh", btmh, 1), ("btih", btih, 0), ("btih", btih, None))
    )
    mapped, by_v2, elsewhere, whole = judged.entries.tolist()
    assert mapped == by_v2 != whole
    assert elsewhere == UNKNOWN
    assert whole != UNKNOWN


def test_an_entry_whose_votes_were_all_taken_back_is_known_and_says_nothing() -> None:
    take(row(name("md5", 1)), authority=True)
    take(row(name("md5", 1)), source="B")
    withdraw_revision(1, BY)
    judged = judge_files(files(("md5", bytes([1]) * 16, None)))
    (said,) = judged.said
    assert judged.entries.tolist() == [1]
    assert said.votes == ("B: interpol-baseline:baseline, revision 2",)


def test_nothing_asked_is_nothing_said() -> None:
    judged = judge_files(files())
    assert (len(judged.entries), len(judged.which), judged.said) == (0, 0, ())


def test_more_files_than_one_question_holds_are_all_answered() -> None:
    digests = [number.to_bytes(16, "big") for number in range(1, AT_ONCE + 30)]
    take(*(row(Name(IdentifierKind.MD5, one)) for one in digests))
    judged = judge_files(files(*(("md5", one, None) for one in reversed(digests))))
    assert judged.entries.tolist() == list(range(len(digests), 0, -1))
    assert len(judged.said) == 1


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ROWS)
def test_judging_many_at_once_is_judging_each_by_its_standing_votes(rows: list[object]) -> None:
    take(*rows, source="A", authority=True)  # type: ignore[arg-type]  # rows
    take(*rows[::2], source="B")  # type: ignore[arg-type]  # rows
    named = list(
        Identifier.objects.filter(withdrawn_by=None).values_list("kind", "digest", "entry")
    )
    judged = judge_files(files(*((kind, bytes(digest), None) for kind, digest, _ in named)))
    roots = {pk: into or pk for pk, into in Entry.objects.values_list("pk", "merged_into")}
    votes = standing(set(roots.values()))
    for (_, _, entry), root, which in zip(named, judged.entries, judged.which, strict=True):
        said, expected = judged.said[which], votes[roots[entry]]
        assert root == roots[entry]
        assert said.votes == expected.told
        assert said.list_revision == expected.revision
        assert said.category == (str(expected.in_force) if expected.in_force else None)
