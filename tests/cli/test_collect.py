from tests.cli.conftest import Luzeiro


def test_each_network_has_its_own_command(luzeiro: Luzeiro) -> None:
    said = luzeiro("collect", "--help")
    assert said.status == 0
    for network in ("bittorrent", "edonkey"):
        assert network in said.out


def test_another_network_is_refused(luzeiro: Luzeiro) -> None:
    assert luzeiro("collect", "napster").status == 2
