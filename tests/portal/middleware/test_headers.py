import pytest
from django.test import Client

from luzeiro.casework.officers.models import Officer
from tests.casework.world import signed_in


@pytest.mark.django_db
def test_the_browser_may_load_our_own_files_and_nothing_else() -> None:
    answer = Client().get("/sign-in")
    policy = answer["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


def test_pages_are_not_kept_and_errors_have_the_policy_too(ana: Officer) -> None:
    client = signed_in(ana)
    for path in ("/leads/", "/nowhere"):
        answer = client.get(path)
        assert answer["Cache-Control"] == "no-store", path
        assert "Content-Security-Policy" in answer, path


def test_no_page_has_an_inline_script_or_style(ana: Officer) -> None:
    client = signed_in(ana)
    for path in ("/leads/", "/leads/map", "/account", "/claims/", "/addresses/check"):
        told = client.get(path).content.decode()
        for inline in (" style=", "<style", "onclick", "javascript:", "http://", "https://"):
            assert inline not in told.replace("http://www.w3.org/2000/svg", ""), (path, inline)
        for script in told.split("<script")[1:]:
            assert script.startswith((' src="/static/', ' id="')), path
