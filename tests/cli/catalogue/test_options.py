import getpass

import pytest

from luzeiro.cli.catalogue import options


def test_who_does_something_is_said_or_is_the_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "account")
    assert options.who("officer") == "officer"
    assert options.by(None, "why").who == "account"


def test_an_account_without_a_name_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert options.who(None) == "unknown"
