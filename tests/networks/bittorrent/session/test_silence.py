"""Who is gone is not asked again and again; who only lost a datagram is."""

from luzeiro.networks.bittorrent.session.silence import BORNE, KEPT, REST_S, SilentNodes

NODE, OTHER = b"node 1", b"node 2"


def silent(times: int) -> SilentNodes:
    nodes = SilentNodes()
    for number in range(times):
        nodes.was_silent(NODE, float(number))
    return nodes


def test_a_node_is_let_be_after_so_many_silences_in_a_row_and_no_fewer() -> None:
    assert not silent(BORNE - 1).rests(NODE, 10.0)
    nodes = silent(BORNE)
    assert nodes.rests(NODE, 10.0)
    assert not nodes.rests(OTHER, 10.0)


def test_any_answer_makes_up_for_all_silences() -> None:
    nodes = silent(BORNE - 1)
    nodes.spoke(NODE)
    nodes.was_silent(NODE, 5.0)
    assert not nodes.rests(NODE, 6.0)


def test_after_its_rest_a_node_begins_anew() -> None:
    nodes = silent(BORNE)
    later = BORNE - 1 + REST_S
    assert nodes.rests(NODE, later - 0.1)
    assert not nodes.rests(NODE, later)
    nodes.was_silent(NODE, later)
    assert not nodes.rests(NODE, later)


def test_only_so_many_are_remembered() -> None:
    nodes = silent(BORNE)
    for number in range(KEPT):
        nodes.was_silent(b"%d" % number, 100.0)
    assert not nodes.rests(NODE, 100.0)
    assert len(nodes._silences) == KEPT
