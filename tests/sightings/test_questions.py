from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from luzeiro.observations.batch import to_table
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.grade import Grade
from luzeiro.observations.identifiers import Identifier, IdentifierKind
from luzeiro.observations.record import UserId
from luzeiro.places.place import PLACE, unplaced
from luzeiro.sightings.columns import for_store
from luzeiro.sightings.embedded import EmbeddedStore
from luzeiro.sightings.filters import DAY_US
from luzeiro.sightings.questions import (
    HOUR_US,
    NAMED,
    AddressesOfIdentifier,
    AddressesPerCountryAndDay,
    AddressInWindow,
    AppearancesOfUserIds,
    CountsByHour,
    CoverageByCollector,
    NewInSegments,
    Question,
    RegionRanking,
    RestingOn,
    SharersOfEntries,
    SpellsOfActivity,
    UserIdAcrossAddresses,
    UserIdsOfAddress,
    Window,
)
from luzeiro.sightings.verdicts import verdict_columns
from tests.observations.examples import AT, BTIH, PEER, sighting
from tests.sightings.examples import knows_all

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
OTHER = Endpoint.parse("2001:db8::7", 6881)
THIRD = Endpoint.parse("203.0.113.77", 1)
OTHER_FILE = Identifier(IdentifierKind.BTIH, b"\xff" * 20)
INSTALL = UserId("user_hash", b"h" * 16, durable=True)
AT_US = int(AT.timestamp() * 1_000_000)
FIRST, SECOND = b"1" * 32, b"2" * 32
PLACES = {PEER.packed: ("AR", "AR-B"), OTHER.packed: ("AR", "AR-X"), THIRD.packed: ("BR", "BR-SP")}
ONE_OF_EACH: tuple[Question, ...] = (
    RegionRanking("AR"),
    AddressInWindow(PEER.packed),
    UserIdAcrossAddresses("user_hash", b"h" * 16),
    AppearancesOfUserIds((("user_hash", b"h" * 16),)),
    UserIdsOfAddress(PEER.packed),
    AddressesOfIdentifier(BTIH),
    AddressesPerCountryAndDay(),
    CountsByHour(),
    SpellsOfActivity((PEER.packed, OTHER.packed, THIRD.packed)),
    NewInSegments((FIRST, SECOND)),
    CoverageByCollector(),
    RestingOn((1, 256)),
    SharersOfEntries((1, 256)),
)


def placed(sealed: pa.Table) -> pa.Table:
    table = unplaced(len(sealed))
    where = [PLACES[one] for one in sealed["remote_address"].to_pylist()]
    for at, name in enumerate(("country", "region")):
        column = pa.array([place[at] for place in where], pa.string())
        table = table.set_column(table.column_names.index(name), PLACE.field(name), column)
    return table


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    """Seven sightings, in two segments, at three addresses of two countries."""
    path: Path = tmp_path_factory.mktemp("asked")
    with EmbeddedStore(path / "store") as store:
        first = to_table(
            [
                sighting(1, user_ids=(INSTALL,)),
                sighting(2, seen_at=AT + HOUR, identifier=OTHER_FILE),
                sighting(3, seen_at=AT + 3 * DAY),
                sighting(4, remote=OTHER, user_ids=(INSTALL,), seen_at=AT + DAY),
            ]
        )
        second = to_table(
            [
                sighting(5, remote=OTHER, grade=Grade.HEARD, identifier=OTHER_FILE, client=None),
                sighting(6, remote=THIRD, completeness=50.0, seen_at=AT + 2 * HOUR),
                sighting(7, remote=THIRD, file_index=4, seen_at=AT + 2 * HOUR + DAY),
            ]
        )
        for sealed, segment in ((first, FIRST), (second, SECOND)):
            judged = verdict_columns(sealed, knows_all)
            store.insert(for_store(sealed, judged, segment, placed(sealed)))
        yield store


def rows(store: EmbeddedStore, question: Question) -> list[dict[str, Any]]:  # Any: column's type
    found: list[dict[str, Any]] = store.ask(question).to_pylist()
    return found


def hosts(found: list[dict[str, Any]]) -> list[bytes]:
    return [row["remote_address"] for row in found]


@pytest.mark.parametrize("question", ONE_OF_EACH, ids=lambda one: type(one).__name__)
def test_each_answer_has_the_types_and_the_rows_that_were_promised(
    asked: EmbeddedStore, question: Question
) -> None:
    answer = asked.ask(question)
    assert answer.schema.equals(question.answer)
    assert len(answer)
    answer.validate(full=True)


def test_one_of_each_is_every_named_question() -> None:
    assert {type(one) for one in ONE_OF_EACH} == set(NAMED.values())


def test_a_country_s_ranking_puts_who_stated_most_entries_first(asked: EmbeddedStore) -> None:
    found = rows(asked, RegionRanking("AR"))
    assert hosts(found) == [PEER.packed, OTHER.packed]
    assert found[0] == {
        "remote_address": PEER.packed,
        "region": "AR-B",
        "stated_entries": 2,
        "days": 2,
        "sightings": 3,
        "stated": 3,
        "first_seen_at": AT_US,
        "last_seen_at": AT_US + 3 * DAY_US,
        "categories": ["example:A"],
    }
    assert (found[1]["stated_entries"], found[1]["sightings"], found[1]["stated"]) == (1, 2, 1)


def test_a_ranking_is_narrowed_by_region_time_and_number(asked: EmbeddedStore) -> None:
    assert hosts(rows(asked, RegionRanking("AR", "AR-X"))) == [OTHER.packed]
    assert rows(asked, RegionRanking("AR", limit=1)) == rows(asked, RegionRanking("AR"))[:1]
    late = Window(since=AT + 2 * DAY)
    assert [row["sightings"] for row in rows(asked, RegionRanking("AR", window=late))] == [1]
    assert rows(asked, RegionRanking("CL")) == []


def test_an_address_s_sightings_come_oldest_first_and_within_the_window(
    asked: EmbeddedStore,
) -> None:
    found = rows(asked, AddressInWindow(PEER.packed))
    assert [row["seen_at"] - AT_US for row in found] == [0, HOUR_US, 3 * DAY_US]
    assert found[1]["identifier"] == OTHER_FILE.digest
    assert (found[0]["country"], found[0]["region"], found[0]["flags"]) == ("AR", "AR-B", [])
    window = Window(since=AT + HOUR, until=AT + 3 * DAY)
    assert len(rows(asked, AddressInWindow(PEER.packed, window))) == 1


def test_a_user_id_is_followed_across_addresses_by_kind_and_value(asked: EmbeddedStore) -> None:
    found = rows(asked, UserIdAcrossAddresses("user_hash", b"h" * 16))
    assert hosts(found) == [PEER.packed, OTHER.packed]
    assert rows(asked, UserIdAcrossAddresses("guid", b"h" * 16)) == []
    appeared = rows(asked, AppearancesOfUserIds((("user_hash", b"h" * 16),)))
    assert {one["remote_address"] for one in appeared} == {PEER.packed, OTHER.packed}
    assert [one["seen_at"] for one in appeared] == sorted(
        (one["seen_at"] for one in appeared), reverse=True
    )
    assert {one["grade"] for one in appeared} <= {"reached", "stated"}
    assert len(rows(asked, AppearancesOfUserIds((("user_hash", b"h" * 16),), limit=1))) == 1
    ids = rows(asked, UserIdsOfAddress(PEER.packed))
    assert [(one["kind"], one["durable"], one["sightings"]) for one in ids] == [
        ("peer_id", 0, 2),
        ("user_hash", 1, 1),
    ]


def test_an_identifier_s_addresses_can_be_narrowed_to_one_file(asked: EmbeddedStore) -> None:
    found = rows(asked, AddressesOfIdentifier(BTIH))
    assert hosts(found) == sorted([PEER.packed, OTHER.packed, THIRD.packed])
    by_host = {row["remote_address"]: row for row in found}
    assert by_host[THIRD.packed]["most_complete"] == 100.0
    (only,) = rows(asked, AddressesOfIdentifier(BTIH, 4))
    assert (only["remote_address"], only["country"]) == (THIRD.packed, "BR")


def test_each_country_s_distinct_addresses_are_counted_by_day(asked: EmbeddedStore) -> None:
    day = AT_US // DAY_US
    found = rows(asked, AddressesPerCountryAndDay())
    counted = [
        (row["country"], row["day"] - day, row["sightings"], row["addresses"]) for row in found
    ]
    assert counted == [
        ("AR", 0, 3, 2),
        ("AR", 1, 1, 1),
        ("AR", 3, 1, 1),
        ("BR", 0, 1, 1),
        ("BR", 1, 1, 1),
    ]


def test_hours_are_counted_everywhere_or_in_one_country(asked: EmbeddedStore) -> None:
    hour = AT_US // HOUR_US
    everywhere = rows(asked, CountsByHour(window=Window(until=AT + DAY)))
    assert [(row["hour"] - hour, row["sightings"], row["stated"]) for row in everywhere] == [
        (0, 2, 1),
        (1, 1, 1),
        (2, 1, 1),
    ]
    assert [row["hour"] - hour for row in rows(asked, CountsByHour("BR"))] == [2, 26]


def test_spells_end_where_silence_is_long_enough(asked: EmbeddedStore) -> None:
    long_ago = SpellsOfActivity((PEER.packed,), silence=timedelta(hours=2))
    found = asked.spells(long_ago).to_pylist()
    spans = [(row["first_seen_at"] - AT_US, row["last_seen_at"] - AT_US) for row in found]
    assert spans == [(0, HOUR_US), (3 * DAY_US, 3 * DAY_US)]
    assert [row["sightings"] for row in found] == [2, 1]
    all_one = asked.spells(SpellsOfActivity((PEER.packed,), silence=4 * DAY))
    assert all_one.to_pylist()[0]["sightings"] == 3


def test_a_silence_below_an_hour_cannot_be_asked_for() -> None:
    with pytest.raises(ValueError, match="an hour or more"):
        SpellsOfActivity((PEER.packed,), silence=timedelta(minutes=59)).sql()


def test_what_a_segment_brought_is_asked_by_its_digest(asked: EmbeddedStore) -> None:
    found = rows(asked, NewInSegments((SECOND,)))
    assert [(row["remote_address"], row["sightings"]) for row in found] == [
        (THIRD.packed, 2),
        (OTHER.packed, 1),
    ]
    assert rows(asked, NewInSegments(())) == []


def test_coverage_is_by_collector_network_and_day(asked: EmbeddedStore) -> None:
    found = rows(asked, CoverageByCollector())
    assert [row["sightings"] for row in found] == [4, 2, 1]
    assert {(row["collector"], row["network"]) for row in found} == {
        (b"\0" * 15 + b"\1", "bittorrent")
    }
    assert (found[0]["addresses"], found[0]["entries"]) == (3, 2)


def test_a_recall_reaches_each_sighting_that_rests_on_the_entry(asked: EmbeddedStore) -> None:
    assert len(rows(asked, RestingOn((256,)))) == 2
    assert len(rows(asked, RestingOn((1, 256)))) == 7
    assert len(rows(asked, RestingOn((1,), from_revision=3))) == 5
    assert rows(asked, RestingOn((1,), from_revision=4)) == []
    assert rows(asked, RestingOn(())) == []


def test_sharers_of_an_entry_are_those_who_stated_it(asked: EmbeddedStore) -> None:
    assert rows(asked, SharersOfEntries((1, 256))) == [
        {"entry_id": 1, "sightings": 5, "addresses": 3},
        {"entry_id": 256, "sightings": 1, "addresses": 1},
    ]
