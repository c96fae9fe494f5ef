from luzeiro.networks.kit.tally import Tally


def test_each_kind_is_counted_by_itself() -> None:
    tally = Tally()
    tally.count("dht queries", 3)
    tally.count("dht queries")
    tally.count("malformed")
    assert tally.counts == {"dht queries": 4, "malformed": 1}
