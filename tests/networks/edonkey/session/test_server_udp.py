from luzeiro.networks.edonkey.session.server_udp import DATAGRAM_EVERY_S, UdpServers
from luzeiro.networks.kit.tally import Tally
from tests.networks.edonkey.answers import FILE

ONE, TWO = b"\xc0\0\2\1\x12\x39", b"\xc0\0\2\2\x12\x39"
OTHER = b"\x22" * 16
ANSWER = b"\xe3\x9b" + FILE + b"\x01\xc0\0\2\7\x36\x12"


def test_every_server_is_asked_about_several_files_in_one_datagram() -> None:
    servers = UdpServers([ONE, TWO], Tally())
    servers.ask(FILE, 5)
    servers.ask(OTHER, 6)
    datagrams = servers.to_send(0.0, 0)
    assert [at for _, at in datagrams] == [ONE, TWO]
    assert all(data[:2] == b"\xe3\x94" and len(data) == 2 + 2 * 20 for data, _ in datagrams)
    assert servers.to_send(0.1, 0) == []


def test_an_answer_counts_from_a_server_that_was_asked_about_that_file() -> None:
    tally = Tally()
    servers = UdpServers([ONE, TWO], tally)
    servers.ask(FILE, 5)
    servers.receive(ANSWER, ONE, 5)  # too soon: nobody was asked
    servers.to_send(0.0, 10)
    servers.receive(ANSWER, b"\xc0\0\2\x09\x12\x39", 20)  # a stranger
    servers.receive(ANSWER, TWO, 30)
    servers.receive(ANSWER, TWO, 40)  # the same again
    servers.receive(b"nonsense", TWO, 50)
    ((at, found),) = servers.take(FILE)
    assert (at, found.asked_at_us, found.told_at_us, found.answer) == (TWO, 10, 30, ANSWER)
    assert tally.counts["server answers"] == 1
    assert tally.counts["server answers unasked"] == 3
    assert tally.counts["server faults"] == 1
    assert servers.take(FILE) == []


def test_a_server_has_one_datagram_in_so_many_seconds() -> None:
    servers, sent = UdpServers([ONE], Tally()), list[float]()
    for second in range(100):
        servers.ask(second.to_bytes(16, "big"), 5)
        sent += [float(second)] * len(servers.to_send(float(second), 0))
    assert len(sent) <= 2 + 100 / DATAGRAM_EVERY_S


def test_what_is_waited_for_no_longer_is_not_asked() -> None:
    servers = UdpServers([ONE], Tally())
    servers.ask(FILE, 5)
    servers.take(FILE)
    assert servers.to_send(0.0, 0) == []
