from luzeiro.networks.edonkey.session.heard import Telling
from luzeiro.networks.edonkey.session.lookup import (
    PAGE,
    PAGES,
    SOURCES_LIMIT,
    KadLookup,
    KadReach,
    Query,
    Question,
)
from luzeiro.networks.edonkey.wire.kad import Contact, KadSource, SearchRes
from luzeiro.networks.kit.frontier import Reach
from luzeiro.observations.endpoint import Endpoint

FILE = b"\x11" * 16
TARGET = int.from_bytes(FILE, "big")
REACH = KadReach(Reach(closest=3, at_once=2, budget=10), searches=2)
TELLING = Telling(Endpoint.parse("192.0.2.1", 4672), "kad", 5, 4, None)


def at(number: int) -> bytes:
    return bytes((11, 0, number, 1)) + b"\x12\x40"


def lookup(*distances: int) -> KadLookup:
    made = KadLookup(FILE, 5, REACH)
    made.start_from((distance, at(number)) for number, distance in enumerate(distances, 1))
    return made


def answered(made: KadLookup, query: Query, *contacts: Contact) -> list[Query]:
    made.learn_nodes(query, contacts)
    return made.to_ask()


def contact(distance: int, number: int, version: int = 8) -> Contact:
    node_id = (TARGET ^ distance).to_bytes(16, "big")
    return Contact(node_id, at(number), 4662, version)


def sources(count: int) -> SearchRes:
    tags: dict[bytes, int | bytes] = {b"\xff": 1, b"\xfe": 0xC0000201, b"\xfd": 4662}
    return SearchRes(bytes(16), FILE, (KadSource(b"u" * 16, tags),) * count)


def test_nodes_are_asked_nearest_first_under_their_own_ids() -> None:
    made = lookup(7, 3, 5)
    first = made.to_ask()
    assert [query.distance for query in first] == [3, 5]
    node_id = (TARGET ^ 3).to_bytes(16, "big")
    assert first[0].packet[-16:] == b"".join(node_id[i : i + 4][::-1] for i in range(0, 16, 4))
    assert all(query.question is Question.NODES for query in first)


def test_nearer_nodes_are_followed_and_those_of_the_first_kad_are_not() -> None:
    made = lookup(7)
    (query,) = made.to_ask()
    asked = answered(made, query, contact(2, 20), contact(1, 21, version=1))
    assert [one.distance for one in asked] == [2]


def test_when_nobody_nearer_is_left_the_nodes_in_the_zone_are_asked_for_sources() -> None:
    far = 1 << 127
    made = lookup(3, far, 5)
    asked = made.to_ask()
    while asked and asked[0].question is Question.NODES:
        asked = [more for query in asked for more in answered(made, query)]
    assert [query.question for query in asked] == [Question.SOURCES] * 2
    assert [query.distance for query in asked] == [3, 5]  # not the one out of the zone


def searching() -> tuple[KadLookup, Query]:
    made = lookup(3)
    (query,) = made.to_ask()
    (search,) = answered(made, query)
    return made, search


def test_a_node_with_more_sources_is_asked_for_the_next_page() -> None:
    made, search = searching()
    made.learn_sources(search, sources(PAGE), TELLING)
    (more,) = made.end_search(search)
    assert (more.page, more.packet[18:20]) == (1, PAGE.to_bytes(2, "little"))
    assert made.end_search(more) == []
    assert made.done


def test_no_node_is_asked_for_pages_without_end() -> None:
    made, search = searching()
    pages = 1
    while True:
        made.learn_sources(search, sources(PAGE), TELLING)
        following = made.end_search(search)
        if not following:
            break
        (search,) = following
        pages += 1
    assert pages == PAGES


def test_so_many_sources_are_taken_and_no_more() -> None:
    made, search = searching()
    made.learn_sources(search, sources(SOURCES_LIMIT + 50), TELLING)
    assert len(made.told) == SOURCES_LIMIT


def test_a_lookup_that_is_stopped_asks_nobody_any_more() -> None:
    made = lookup(3, 5, 7)
    first, second = made.to_ask()
    made.stop()
    assert answered(made, first, contact(1, 20)) == []
    made.fail(second)
    assert (made.to_ask(), made.done) == ([], True)
