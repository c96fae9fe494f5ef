from luzeiro.evidence.verifier.exchange import parse_exchange
from luzeiro.evidence.verifier.judge import judge
from tests.evidence import ed2k_scenes, scenes
from tests.evidence.verifier import test_judge_bittorrent, test_judge_edonkey


def test_each_network_has_its_own_judge() -> None:
    seeder, whole = scenes.seeder(), ed2k_scenes.whole()
    torrent = test_judge_bittorrent.watched(seeder)
    row = test_judge_bittorrent.row_of(seeder)
    exchange = parse_exchange(seeder.observation.exchange)
    assert judge(row, exchange, torrent).contradicted == ()
    held = parse_exchange(whole.observation.exchange)
    file = test_judge_edonkey.WATCHED
    assert judge(test_judge_edonkey.row_of(whole), held, file).contradicted == ()


def test_another_networks_map_of_the_file_is_none() -> None:
    part = ed2k_scenes.part()
    exchange = parse_exchange(part.observation.exchange)
    torrent = test_judge_bittorrent.watched(scenes.seeder())
    told = judge(test_judge_edonkey.row_of(part), exchange, torrent)
    assert any("size is not in the package" in one for one in told.unknown)


def test_a_network_that_is_not_read_is_said_to_be_unknown() -> None:
    told = judge({"network": "elsewhere"}, [], None)
    assert told.contradicted == ()
    assert "not read by this verifier" in told.unknown[0]
