"""A new home: the first administrator, her second factor, her first units and officers."""

import pyotp
from playwright.sync_api import expect

from tests.browser.conftest import Pages, Portal, Watched

PASSWORD = "a sentence of her own"


def set_password(watched: Watched, path: str) -> None:
    page = watched.page
    watched.go(path)
    page.fill("input[name=password]", PASSWORD)
    page.fill("input[name=again]", PASSWORD)
    page.click("main button[class*=primary]")
    page.wait_for_url("**/factor/set-up")


def turn_codes_on(watched: Watched) -> tuple[str, list[str]]:
    """Give the secret and the recovery codes."""
    page = watched.page
    secret = page.locator("main code").first.inner_text()
    page.fill("input[name=code]", pyotp.TOTP(secret).now())
    page.click("main form button")
    page.wait_for_url("**/factor/codes")
    return secret, page.locator(".codes code").all_inner_texts()


def test_from_an_empty_home_to_a_trained_investigator(pages: Pages, portal: Portal) -> None:
    first = pages.new()
    first.go(portal.first, "welcome")
    set_password(first, portal.first)
    first.look("set_up_factor")
    _, codes = turn_codes_on(first)
    first.look("codes")
    assert len(set(codes)) == 10
    page = first.page
    page.click("main a[class*=primary]")
    first.look("agreement")
    page.check("input[name=accepted]")
    page.click("main form button")
    page.wait_for_url("**/people/")
    first.look("people")

    first.go("/units/new", "unit_new")
    for name, value in {
        "name": "Montevideo", "country": "UY", "contact": "ext. 100",
        "time_zone": "America/Montevideo", "codes": "UY",
    }.items():  # fmt: skip
        page.fill(f"input[name={name}]", value)
    page.click("main form button")
    first.look("units")
    first.go("/people/new", "enlist")
    page.fill("input[name=login]", "rita")
    page.fill("input[name=name]", "Rita Invented")
    page.select_option("select[name=unit]", label="Montevideo")
    page.check("input[value=investigator]")
    page.click("main form button")
    first.look("link")
    path = page.locator("main code").inner_text().removeprefix(portal.url)
    first.go("/machines/", "machines")

    rita = pages.new("es-UY")
    set_password(rita, path)
    expect(rita.page.locator("h1")).to_have_text(
        "Configurar un segundo factor"
    )  # as her browser asks
    turn_codes_on(rita)
    rita.go("/")
    rita.page.check("input[name=accepted]")
    rita.page.click("main form button")
    rita.page.wait_for_url("**/renewal")
    rita.look("renewal")
    rita.go("/leads/")
    expect(rita.page).to_have_url(f"{portal.url}/renewal")

    train(first)
    rita.go("/leads/", "empty_list")
    expect(rita.page.locator("h1")).to_have_text("Pistas")
    first.go("/nowhere", "not_found")


def train(first: Watched) -> None:
    """The first administrator is a trainer too: a course, a seat, a result, a certificate."""
    page = first.page
    first.go("/training/courses/new", "course_new")
    page.fill("input[name=title]", "The course")
    page.click("main form button")
    first.go("/training/sessions/new", "session_new")
    page.select_option("select[name=course]", label="The course")
    page.fill("input[name=on]", "2026-12-01")
    page.fill("input[name=at]", "09:30")
    page.fill("input[name=place]", "Montevideo")
    page.click("main form button")
    page.select_option("select[name=officer]", label="Rita Invented")
    page.click("form[action$=seats] button")
    first.look("session")
    page.click("button[value=yes]")
    first.go("/training/", "training")
    page.click("main table a")
    page.click("main table a")
    first.look("certificate")
