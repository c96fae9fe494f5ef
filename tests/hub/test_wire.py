import pytest

from luzeiro.evidence.signer import Signer
from luzeiro.hub.wire import Ticket, TicketError, spelled_holes

KEY = Signer("luzeiro/hub/one", b"h" * 32).key
TICKET = Ticket("https://hub.example:8443", "ab" * 32, str(KEY), "secret", "north")


def test_a_ticket_is_read_as_it_was_written() -> None:
    assert Ticket.parse(f"  {TICKET}\n") == TICKET
    assert TICKET.key == KEY


@pytest.mark.parametrize("broken", ["", "luzeiro-ticket:", str(TICKET)[:-9], str(TICKET)[4:], "x"])
def test_a_ticket_that_was_cut_is_told(broken: str) -> None:
    with pytest.raises(TicketError):
        Ticket.parse(broken)


def test_a_ticket_over_plain_http_is_refused() -> None:
    plain = Ticket("http://hub.example", "", str(KEY), "secret", "north")
    with pytest.raises(TicketError, match="HTTPS"):
        Ticket.parse(str(plain))


def test_holes_are_spelled_and_not_without_end() -> None:
    assert spelled_holes(((3, 5), (9, 9))) == "3-5, 9-9"
    assert spelled_holes(tuple((n, n) for n in range(50))).endswith(", …")
