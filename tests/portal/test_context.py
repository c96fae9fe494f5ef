from luzeiro.casework.officers.models import Officer, Role, Unit
from tests.casework.world import officer, signed_in


def test_the_menu_shows_only_what_one_may_open(ana: Officer, buenos_aires: Unit) -> None:
    told = signed_in(ana).get("/account").content.decode()
    assert 'href="/leads/"' in told
    for closed in ("/journal/", "/people/", "/training/", "/leads/ranking"):
        assert f'href="{closed}"' not in told
    for role in Role:
        client = signed_in(officer(f"x-{role}", role, of=buenos_aires))
        for one in client.get("/account").context["navigation"]:
            assert client.get(one["url"]).status_code == 200, (role, one["url"])


def test_before_the_gate_there_is_no_menu(ana: Officer) -> None:
    client = signed_in(ana, factor=False)
    assert "main-nav" not in client.get("/factor/set-up").content.decode()
