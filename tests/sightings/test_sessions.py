import threading

import pytest

from luzeiro.sightings.sessions import Sessions


class Counted:
    """A session that knows how many there were before it, and whether it is open."""

    opened: list["Counted"]

    def __init__(self) -> None:
        self.is_open = True
        self.opened.append(self)

    def close(self) -> None:
        self.is_open = False


@pytest.fixture(autouse=True)
def none_opened() -> None:
    Counted.opened = []


def test_another_is_opened_only_where_all_are_lent() -> None:
    sessions = Sessions(Counted, 3)
    for _ in range(5):
        with sessions.lent():
            pass
    assert len(Counted.opened) == 1
    with sessions.lent() as one, sessions.lent() as other:
        assert one is not other
    assert len(Counted.opened) == 2


def test_who_comes_when_all_are_lent_waits_for_one_to_come_back() -> None:
    sessions = Sessions(Counted, 1)
    order: list[str] = []
    begun = threading.Event()

    def second() -> None:
        begun.set()
        with sessions.lent():
            order.append("second")

    with sessions.lent():
        thread = threading.Thread(target=second)
        thread.start()
        begun.wait()
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
    assert len(Counted.opened) == 1


def test_one_comes_back_whatever_happened_to_who_had_it() -> None:
    sessions = Sessions(Counted, 1)
    with pytest.raises(ValueError, match="asked badly"), sessions.lent():
        raise ValueError("asked badly")
    with sessions.lent() as session:
        assert session.is_open


def test_closing_waits_for_those_that_are_lent_and_none_is_lent_after_it() -> None:
    sessions = Sessions(Counted, 2)
    with sessions.lent() as one:
        closing = threading.Thread(target=sessions.close)
        closing.start()
        assert one.is_open
    closing.join()
    assert [session.is_open for session in Counted.opened] == [False]
    with pytest.raises(RuntimeError, match="closed"), sessions.lent():
        pass
