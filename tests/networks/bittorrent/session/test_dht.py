"""The client: whose answer counts, when it gives up, and how fast it asks."""

from random import Random

from luzeiro.networks.bittorrent.session.dht import COLD_LOOKUPS, DhtClient, DhtSettings
from luzeiro.networks.bittorrent.session.lookup import Lookup
from luzeiro.networks.bittorrent.wire import bencode
from luzeiro.networks.kit.frontier import Reach
from luzeiro.networks.kit.tally import Tally
from luzeiro.observations.endpoint import Endpoint

FILE = b"an invented infohash"
PEER = Endpoint.parse("203.0.113.5", 6881).compact
NODE = Endpoint.parse("127.0.0.1", 6881).compact
OTHER_NODE = Endpoint.parse("127.0.0.2", 6881).compact


class Bench:
    """A client with the tally it writes to."""

    def __init__(self, *bootstrap: bytes, settings: DhtSettings | None = None) -> None:
        self.tally = Tally()
        self.client = DhtClient(
            bootstrap or (NODE,),
            us=bytes(20),
            settings=settings or DhtSettings(),
            random=Random(1),
            tally=self.tally,
        )

    def ask(self, now: float = 0.0) -> list[tuple[bytes, bytes]]:
        return self.client.to_send(now, int(now * 1e6))

    def hear(self, data: bytes, source: bytes = NODE, now: float = 0.1) -> None:
        self.client.receive(data, source, now, int(now * 1e6))

    def counts(self, now: float = 0.2) -> dict[str, int]:
        self.ask(now)
        return {kind: count for kind, count in self.tally.counts.items() if count}


def tid_of(query: bytes) -> bytes:
    return bencode.decode_dict(query, spec="BEP 5").bytes_at(b"t")


def answer(query: bytes, node_id: bytes = FILE) -> bytes:
    fields: dict[bytes, bencode.Encodable] = {b"id": node_id, b"values": [PEER]}
    return bencode.encode({b"r": fields, b"t": tid_of(query), b"y": b"r"})


def names(lookup: Lookup) -> list[bytes]:
    return [heard.peer.compact for heard in lookup.result().heard]


def test_an_answer_of_the_node_that_was_asked_ends_the_lookup() -> None:
    bench = Bench()
    lookup = bench.client.start(FILE)
    ((query, node),) = bench.ask()
    bench.hear(answer(query))
    assert node == NODE
    assert bench.client.ended() == [lookup]
    assert bench.client.ended() == []
    assert names(lookup) == [PEER]
    assert bench.counts() == {"dht queries": 1, "dht answers": 1}


def test_a_late_answer_teaches_nothing() -> None:
    bench = Bench()
    lookup = bench.client.start(FILE)
    ((query, _),) = bench.ask()
    bench.ask(now=2.0)
    assert bench.client.ended() == [lookup]
    bench.hear(answer(query), now=2.1)
    assert names(lookup) == []
    assert bench.counts(2.2) == {"dht queries": 1, "dht timeouts": 1, "dht late": 1}


def test_an_answer_from_elsewhere_teaches_nothing_and_takes_nothing_from_the_right_one() -> None:
    bench = Bench()
    lookup = bench.client.start(FILE)
    ((query, _),) = bench.ask()
    bench.hear(answer(query, b"a stranger's node id"), source=OTHER_NODE)
    assert bench.client.ended() == []
    bench.hear(answer(query))
    assert bench.client.ended() == [lookup]
    (heard,) = lookup.result().heard
    assert [reply.node_id for reply in heard.replies] == [FILE]
    assert bench.counts() == {"dht queries": 1, "dht answers": 1, "dht unasked": 1}


def test_a_second_answer_and_another_transaction_teach_nothing() -> None:
    bench = Bench()
    lookup = bench.client.start(FILE)
    ((query, _),) = bench.ask()
    bench.hear(answer(query.replace(tid_of(query), b"nope")))
    bench.hear(answer(query))
    bench.hear(answer(query))
    assert names(lookup) == [PEER]
    assert bench.counts() == {"dht queries": 1, "dht answers": 1, "dht unasked": 2}


def test_what_is_no_krpc_is_counted_and_the_query_stays_open() -> None:
    bench = Bench()
    lookup = bench.client.start(FILE)
    ((query, _),) = bench.ask()
    bench.hear(answer(query)[:-1])
    assert bench.client.ended() == []
    bench.hear(answer(query))
    assert bench.client.ended() == [lookup]
    assert bench.counts()["dht malformed"] == 1


def test_a_refusal_ends_the_query() -> None:
    bench = Bench()
    lookup = bench.client.start(FILE)
    ((query, _),) = bench.ask()
    bench.hear(bencode.encode({b"e": [202, b"busy"], b"t": tid_of(query), b"y": b"e"}))
    assert bench.client.ended() == [lookup]
    assert lookup.result().answered == 0
    assert bench.counts() == {"dht queries": 1, "dht errors": 1}


def test_a_query_to_us_stays_unanswered_even_under_our_own_transaction_id() -> None:
    bench = Bench()
    bench.client.start(FILE)
    ((query, _),) = bench.ask()
    bench.hear(query)
    assert bench.client.ended() == []
    assert bench.counts() == {"dht queries": 1, "dht unasked": 1}


def test_without_any_node_a_lookup_ends_at_once_with_nobody_asked() -> None:
    client = DhtClient((), us=bytes(20), settings=DhtSettings(), random=Random(1), tally=Tally())
    lookup = client.start(FILE)
    assert client.to_send(0.0, 0) == []
    assert client.ended() == [lookup]
    assert lookup.result().asked == 0
    assert client.deadline(0.0) is None


def test_the_next_lookup_starts_from_the_nodes_that_answered() -> None:
    bench = Bench()
    bench.client.start(FILE)
    ((query, _),) = bench.ask()
    bench.hear(answer(query))
    assert NODE in bench.client.pools[6]
    bench.client.start(bytes(20))
    assert [node for _, node in bench.ask(now=1.0)] == [NODE]


def test_few_lookups_run_while_nobody_is_known_and_many_once_somebody_is() -> None:
    bench = Bench(settings=DhtSettings(node_burst=100, node_queries_per_s=100))
    for number in range(50):
        bench.client.start(bytes([number]) * 20)
    queries = bench.ask()
    assert len(queries) == COLD_LOOKUPS
    bench.hear(answer(queries[0][0]))
    assert len(bench.ask(now=0.2)) == 50 - COLD_LOOKUPS


def test_a_node_is_asked_at_its_pace_and_the_deadline_says_when() -> None:
    bench = Bench(settings=DhtSettings(node_burst=1, node_queries_per_s=4))
    for number in range(3):
        bench.client.start(bytes([number]) * 20)
    assert len(bench.ask(now=0.0)) == 1
    assert bench.client.deadline(0.0) == 0.25
    assert len(bench.ask(now=0.24)) == 0
    assert len(bench.ask(now=0.25)) == 1
    assert bench.client.deadline(0.25) == 0.5


def test_all_queries_together_keep_the_budget_in_all() -> None:
    nodes = [Endpoint.parse(f"127.0.0.{number}", 6881).compact for number in range(1, 9)]
    settings = DhtSettings(reach=Reach(at_once=8), queries_per_s=10, queries_burst=3)
    bench = Bench(*nodes, settings=settings)
    bench.client.start(FILE)
    assert len(bench.ask(now=0.0)) == 3
    due = bench.client.deadline(0.0)
    assert due is not None
    assert 0.09 < due <= 0.11
    assert len(bench.ask(now=1.0)) == 3
    assert len(bench.ask(now=1.25)) == 2


def test_an_abandoned_lookup_asks_nobody_more() -> None:
    nodes = [Endpoint.parse(f"127.0.0.{number}", 6881).compact for number in range(1, 9)]
    bench = Bench(*nodes, settings=DhtSettings(reach=Reach(at_once=1)))
    lookup = bench.client.start(FILE)
    ((query, node),) = bench.ask()
    bench.client.abandon(lookup)
    bench.hear(answer(query), source=node)
    assert bench.ask(now=0.5) == []
    assert bench.client.ended() == [lookup]


def test_a_lookup_abandoned_before_its_turn_never_runs() -> None:
    bench = Bench()
    bench.client.abandon(bench.client.start(FILE))
    assert bench.ask() == []
    assert bench.client.ended() == []


def silences(bench: Bench, times: int, *, others_answer: bool) -> float:
    """Let NODE not answer so many lookups; give the time after it."""
    now = 0.0
    for _ in range(times):
        bench.client.start(FILE)
        asked = {address: query for query, address in bench.ask(now)}
        if others_answer:
            bench.hear(answer(asked[OTHER_NODE]), source=OTHER_NODE, now=now + 0.1)
        now += 10.0
        bench.ask(now)
    return now


def test_a_node_that_never_answers_is_let_be_while_others_do() -> None:
    bench = Bench(NODE, OTHER_NODE)
    now = silences(bench, 3, others_answer=True)
    lookup = bench.client.start(FILE)
    assert [address for _, address in bench.ask(now)] == [OTHER_NODE]
    assert lookup.asked == 1
    assert bench.counts(now)["dht silent nodes left out"] == 1


def test_when_nobody_answers_it_may_be_our_link_and_all_are_asked_again() -> None:
    bench = Bench(NODE, OTHER_NODE)
    now = silences(bench, 5, others_answer=False)
    bench.client.start(FILE)
    assert {address for _, address in bench.ask(now)} == {NODE, OTHER_NODE}
