from datetime import timedelta

import pyotp
import pytest
from django.test import Client
from django.utils import timezone

from luzeiro.casework.officers.credentials import FAILURES_ALLOWED, make_link
from luzeiro.casework.officers.models import Officer, OneTimeLink, Role, SignedIn
from luzeiro.casework.officers.second_factor import set_totp
from tests.casework.world import PASSWORD, officer, unit

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # of RFC 6238


@pytest.fixture
def codes(ana: Officer) -> list[str]:
    """Ana's recovery codes, her authenticator's codes having been turned on a while ago."""
    past = timezone.now() - timedelta(hours=1)
    return set_totp(officer=ana, secret=SECRET, code=pyotp.TOTP(SECRET).at(past), now=past)


def first_half(client: Client, going_to: str = "") -> None:
    query = f"?next={going_to}" if going_to else ""
    answer = client.post(f"/sign-in{query}", {"login": "ana", "password": PASSWORD})
    assert answer["Location"] == "/sign-in/factor"


def test_password_then_code_then_in(codes: list[str]) -> None:
    del codes
    client = Client()
    first_half(client)
    assert client.get("/leads/")["Location"].startswith("/sign-in")
    answer = client.post("/sign-in/factor", {"code": pyotp.TOTP(SECRET).now()})
    assert answer["Location"] == "/"
    assert client.get("/leads/").status_code == 200
    assert SignedIn.objects.get().session_key == client.session.session_key
    assert client.post("/sign-out")["Clear-Site-Data"] == '"storage"'
    assert client.get("/leads/").status_code == 302
    assert not SignedIn.objects.exists()


def test_a_recovery_code_signs_in_once_and_says_what_is_left(codes: list[str]) -> None:
    client = Client()
    first_half(client)
    told = client.post("/sign-in/factor", {"code": codes[0]}, follow=True).content.decode()
    assert "9 recovery codes are left" in told
    other = Client()
    first_half(other)
    assert other.post("/sign-in/factor", {"code": codes[0]}).status_code == 422


def test_five_wrong_codes_lock_even_the_right_password(codes: list[str]) -> None:
    client = Client()
    first_half(client)
    for guess in range(FAILURES_ALLOWED):
        assert client.post("/sign-in/factor", {"code": f"00000{guess}"}).status_code == 422
    assert client.post("/sign-in/factor", {"code": codes[0]}).status_code == 422
    answer = Client().post("/sign-in", {"login": "ana", "password": PASSWORD})
    assert answer.status_code == 422


def test_a_session_key_from_before_is_worth_nothing_after(codes: list[str]) -> None:
    client = Client()
    client.get("/sign-in")
    session = client.session
    session["planted"] = "by somebody"
    session.save()
    before = client.session.session_key
    first_half(client)
    halfway = client.session.session_key
    client.post("/sign-in/factor", {"code": codes[0]})
    after = client.session.session_key
    assert len({before, halfway, after}) == 3
    assert "planted" not in client.session


@pytest.mark.parametrize(
    "elsewhere",
    ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "javascript:x"],
)
def test_signing_in_leads_nowhere_else(codes: list[str], elsewhere: str) -> None:
    client = Client()
    first_half(client, elsewhere)
    assert client.post("/sign-in/factor", {"code": codes[0]})["Location"] == "/"


def test_signing_in_leads_back_to_the_page_asked_for(codes: list[str]) -> None:
    client = Client()
    first_half(client, "/claims/")
    assert client.post("/sign-in/factor", {"code": codes[0]})["Location"] == "/claims/"


def test_a_form_without_its_token_is_refused(codes: list[str]) -> None:
    del codes
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/sign-in", {"login": "ana", "password": PASSWORD})
    assert answer.status_code == 403


@pytest.mark.django_db
def test_a_host_that_is_not_ours_is_refused() -> None:
    answer = Client().get("/sign-in", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400


@pytest.mark.django_db
def test_the_second_factors_page_needs_the_first_half() -> None:
    for path in ("/sign-in/factor", "/sign-in/passkey", "/sign-in/passkey/options"):
        assert Client().post(path)["Location"] == "/sign-in"


def test_a_welcome_sets_the_password_and_leads_to_the_second_factor(ana: Officer) -> None:
    use = OneTimeLink.Use.WELCOME
    path = f"/welcome/{make_link(officer=ana, use=use, by=None, now=timezone.now())}"
    client = Client()
    assert client.get(path).status_code == 200
    weak = client.post(path, {"password": "short", "again": "short"})
    assert weak.status_code == 422
    sent = {"password": "a sentence of her own", "again": "a sentence of her own"}
    assert client.post(path, sent)["Location"] == "/factor/set-up"
    assert client.get("/leads/")["Location"] == "/factor/set-up"
    assert Client().get(path).status_code == 410


def test_a_new_password_does_not_get_round_the_second_factor(
    ana: Officer, codes: list[str]
) -> None:
    del codes
    use = OneTimeLink.Use.WELCOME
    path = f"/welcome/{make_link(officer=ana, use=use, by=None, now=timezone.now())}"
    sent = {"password": "a sentence of her own", "again": "a sentence of her own"}
    client = Client()
    assert client.post(path, sent)["Location"] == "/sign-in/factor"
    assert client.get("/factor/set-up")["Location"].startswith("/sign-in")


def test_guesses_of_links_find_nothing(db: None) -> None:  # noqa: ARG001
    client = Client()
    assert {client.get(f"/welcome/{guess}").status_code for guess in ("a", "b" * 43)} == {410}


def test_links_cannot_be_guessed_at_will_and_a_good_one_waits_with_the_rest(ana: Officer) -> None:
    use = OneTimeLink.Use.WELCOME
    good = f"/welcome/{make_link(officer=ana, use=use, by=None, now=timezone.now())}"
    guesser, other = Client(REMOTE_ADDR="192.0.2.1"), Client(REMOTE_ADDR="192.0.2.2")
    assert {guesser.get(f"/welcome/guess-{n}").status_code for n in range(10)} == {410}
    for path in ("/welcome/guess-10", good):
        refused = guesser.get(path, headers={"x-forwarded-for": "192.0.2.9"})
        assert (refused.status_code, refused["Retry-After"]) == (429, "900")
    assert other.get(good).status_code == 200


def test_many_accounts_cannot_be_tried_from_one_address(codes: list[str]) -> None:
    del codes
    guesser, other = Client(REMOTE_ADDR="192.0.2.1"), Client(REMOTE_ADDR="192.0.2.2")
    for number in range(30):
        sent = {"login": f"nobody{number}", "password": "x"}
        assert guesser.post("/sign-in", sent).status_code == 422
    right = {"login": "ana", "password": PASSWORD}
    assert guesser.post("/sign-in", right).status_code == 429
    assert other.post("/sign-in", right).status_code == 302


@pytest.mark.django_db
def test_a_sample_link_signs_in_once_and_a_preview_does_not_use_it_up() -> None:
    invented = officer("x", Role.INVESTIGATOR, of=unit("Sample", sample=True))
    use = OneTimeLink.Use.SAMPLE
    path = f"/welcome/{make_link(officer=invented, use=use, by=None, now=timezone.now())}"
    client = Client()
    client.get(path)
    assert client.post(path)["Location"] == "/"
    assert client.get("/leads/").status_code == 200
    assert Client().post(path).status_code == 410


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "word"), [("es", "Entrar"), ("pt-br", "Senha"), ("en", "Password")]
)
def test_the_language_is_chosen_before_signing_in(code: str, word: str) -> None:
    client = Client()
    client.post("/language", {"language": code, "next": "/sign-in"})
    assert word in client.get("/sign-in").content.decode()
    sent = {"language": "tlh", "next": "//x.example"}
    assert client.post("/language", sent)["Location"] == "/sign-in"
