"""A day with the sample: finding, opening and claiming leads; two units at one address."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Pages, Portal, Watched

TABS = ("summary", "timeline", "files", "installs", "network", "exchange", "custody", "notes")


@pytest.fixture(scope="module")
def links(portal: Portal) -> dict[str, str]:
    portal.luzeiro("demo", "load")
    return portal.links()


def enter(pages: Pages, path: str) -> Watched:
    watched = pages.new()
    watched.go(path, "sample_sign_in")
    watched.page.click("main button")
    watched.page.wait_for_load_state("networkidle")
    return watched


def test_an_investigators_morning(pages: Pages, links: dict[str, str]) -> None:
    ana = enter(pages, links["investigator"])
    page = ana.page
    ana.go("/leads/", "list")
    expect(page.locator(".sample-band")).to_be_visible()
    page.select_option("select[name=resolvable]", "no")
    page.wait_for_url("**resolvable=no**")  # the filters are in the address bar
    ana.look("list_filtered")
    ana.go("/leads/?state=new")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/leads/*-*")
    ana.look("purpose")
    path = page.url.removeprefix(ana.url)
    page.select_option("select[name=purpose]", "triage")
    page.click("main form button")
    for tab in TABS:
        ana.go(f"{path}?tab={tab}", f"lead_{tab}")
    ana.go(f"{path}?tab=exchange")
    page.click("main table a >> nth=0")
    ana.look("exchange")
    ana.go(f"{path}?tab=files")
    page.click("form[action$=reveal] button")
    ana.look("revealed")
    ana.go(path)
    page.click("text=Reservar la dirección")
    expect(page.locator("text=Reservada por su unidad")).to_be_visible()
    ana.go("/claims/", "claims")
    ana.go("/leads/map", "map")
    ana.go("/leads/map?country=AR", "map_regions")
    expect(page.locator("#map canvas").first).to_be_visible()


def test_the_second_unit_is_told_at_once(
    pages: Pages, links: dict[str, str], portal: Portal
) -> None:
    del links
    carla = enter(pages, portal.links()["supervisor"])
    page = carla.page
    carla.go("/leads/")
    page.click("tr:has-text('São Paulo') [data-open]")
    expect(page.locator(".alert-danger")).to_contain_text("São Paulo (sample)")
    carla.look("deconfliction")
    carla.go("/leads/", "list_supervisor")
    page.check("[data-mark-all]")
    carla.go("/leads/ranking", "ranking")
    carla.go("/tokens/", "tokens")
    carla.go("/leads/exports/", "exports")
    carla.go("/addresses/check", "check")
    page.fill("input[name=address]", "192.0.2.200")
    page.select_option("select[name=purpose]", "investigation")
    page.click("main form button")
    carla.look("checked")


def test_oversight(pages: Pages, links: dict[str, str], portal: Portal) -> None:
    del links
    fresh = portal.links()
    auditor = enter(pages, fresh["auditor"])
    auditor.go("/journal/", "journal")
    expect(auditor.page.locator("tbody tr").first).to_be_visible()
    auditor.go("/journal/oversight", "oversight")
    coordinator = enter(pages, fresh["coordinator"])
    coordinator.go("/leads/map", "map_coordinator")


def test_the_language_is_switched_before_and_after_signing_in(
    pages: Pages, links: dict[str, str], portal: Portal
) -> None:
    del links
    stranger = pages.new("de")
    stranger.go("/sign-in")
    stranger.page.click("button[lang=pt-br]")
    expect(stranger.page.locator("h1")).to_have_text("Entrar")
    stranger.look("sign_in_pt")
    ana = enter(pages, portal.links()["investigator"])
    for code, title in (("pt-br", "Sua conta"), ("en", "Your account"), ("es", "Su cuenta")):
        ana.go("/account")
        ana.page.select_option("select[name=language]", code)
        ana.page.click("main form >> nth=0 >> button")
        expect(ana.page.locator("h1")).to_have_text(title)
