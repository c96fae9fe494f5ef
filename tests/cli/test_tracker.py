from tests.cli.conftest import Luzeiro


def test_a_tracker_that_cannot_be_asked_is_named(luzeiro: Luzeiro) -> None:
    luzeiro("init")
    magnet = "magnet:?xt=urn:btih:" + "ab" * 20
    luzeiro("catalogue", "add", magnet, "--source", "A", "--category", "baseline", "--authority")
    said = luzeiro("tracker", "scrape", "nonsense")
    assert said.status == 1
    assert "nonsense" in said.err
    assert "Traceback" not in said.err


def test_nothing_to_ask_for_is_said(luzeiro: Luzeiro) -> None:
    luzeiro("init")
    said = luzeiro("tracker", "scrape", "udp://127.0.0.1:1")
    assert said.status == 2
    assert "names nothing" in said.err
