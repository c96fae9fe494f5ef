import json

import pytest

from tests.cli.conftest import Luzeiro


def test_a_collector_that_sends_nowhere_says_so(luzeiro: Luzeiro) -> None:
    luzeiro("init")
    told = json.loads(luzeiro("spool", "status", "--output", "json").out)
    assert (told["hub"], told["waiting"], told["last_sequence"]) == ("this home", 0, 0)
    assert luzeiro("spool", "status").out.startswith("what")
    sent = luzeiro("spool", "send")
    assert (sent.status, "not enrolled" in sent.err) == (2, True)


@pytest.mark.parametrize("ticket", ["nonsense", "@/nowhere/at/all", "luzeiro-ticket:e30"])
def test_what_is_no_ticket_is_refused(luzeiro: Luzeiro, ticket: str) -> None:
    luzeiro("init")
    assert luzeiro("spool", "enrol", ticket).status == 2
