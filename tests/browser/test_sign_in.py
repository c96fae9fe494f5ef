"""Both second factors, in a browser: codes, and a virtual authenticator."""

import re
from datetime import UTC, datetime, timedelta

import pyotp
from playwright.sync_api import expect

from luzeiro.cli.home import Home
from luzeiro.cli.portal import run_portal
from tests.browser.conftest import Pages, Portal, Watched
from tests.browser.test_first_run import PASSWORD, set_password, turn_codes_on


def new_officer(portal: Portal, login: str, then: str = "") -> str:
    """An officer of her own: the path of her welcome. `then` is done to her, `who`."""
    code = (
        "from django.utils import timezone; from luzeiro.casework.officers.people import *;"
        "from luzeiro.casework.officers.models import *;"
        "u, _ = Unit.objects.get_or_create(name='Rosario', defaults={'country': 'AR'});"
        f"who, token = enlist(login={login!r}, name='Invented', unit=u, roles=[Role.TRAINER],"
        f"language='en', by=None, now=timezone.now());{then}print(token)"
    )
    token = run_portal(Home(portal.home), "shell", "--verbosity", "0", "--command", code)
    return f"/welcome/{token.split()[-1]}"


def first_half(watched: Watched, login: str) -> None:
    watched.go("/sign-in", "sign_in")
    watched.page.fill("input[name=login]", login)
    watched.page.fill("input[name=password]", PASSWORD)
    watched.page.click("main form button")
    watched.page.wait_for_url("**/sign-in/factor")


def test_signing_in_with_a_code(pages: Pages, portal: Portal) -> None:
    before = pages.new()
    set_password(before, new_officer(portal, "codes"))
    secret, codes = turn_codes_on(before)
    again = pages.new()
    first_half(again, "codes")
    again.look("factor")
    again.page.fill("input[name=code]", "000000")
    again.page.click("main form button")
    expect(again.page.locator(".text-danger").first).to_contain_text("That code does not count")
    again.page.fill("input[name=code]", codes[0])
    again.page.click("main form button")
    again.page.wait_for_url("**/agreement")
    later = pages.new()
    first_half(later, "codes")
    # The step in which the codes were turned on counts no more: the next one, which may come early.
    later.page.fill(
        "input[name=code]", pyotp.TOTP(secret).at(datetime.now(UTC) + timedelta(seconds=30))
    )
    later.page.click("main form button")
    later.page.wait_for_url("**/agreement")


def test_signing_in_with_a_virtual_authenticator(pages: Pages, portal: Portal) -> None:
    watched = pages.new()
    page = watched.page
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "usb", "hasResidentKey": False,
        "hasUserVerification": True, "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }})  # fmt: skip
    set_password(watched, new_officer(portal, "passkey"))
    page.click("[data-passkey-add]")
    page.wait_for_url("**/factor/codes")
    page.context.clear_cookies()
    first_half(watched, "passkey")
    watched.look("factor_passkey")
    page.click("[data-passkey-check]")
    page.wait_for_url(re.compile("/agreement$"))
    page.check("input[name=accepted]")
    page.click("main form button")
    watched.go("/account", "account")
    expect(page.locator(".badge", has_text="passkey")).to_be_visible()


def test_whose_training_lapsed_yesterday_sees_only_how_to_renew_it(
    pages: Pages, portal: Portal
) -> None:
    lapse = (
        "Grant.objects.create(officer=who, role=Role.INVESTIGATOR);"
        "Grant.objects.filter(role=Role.TRAINER, officer=who).delete();"
        "from datetime import timedelta; who.agreed_at = timezone.now();"
        "who.trained_until = who.agreed_at.date() - timedelta(days=1); who.save();"
    )
    watched = pages.new()
    set_password(watched, new_officer(portal, "lapsed", lapse))
    turn_codes_on(watched)
    for path in ("/", "/leads/", "/leads/map", "/claims/", "/addresses/check", "/requests/"):
        watched.go(path)
        expect(watched.page).to_have_url(f"{portal.url}/renewal")
    watched.look("renewal_lapsed")
    expect(watched.page.locator(".main-nav a")).to_have_count(0)
