"""From a request to a communiqué: three units, three browsers, three languages."""

import io
import json
from datetime import UTC, datetime, timedelta

import pypdfium2
import pytest
from playwright.sync_api import Locator, Page, expect

from luzeiro.cli.home import Home
from luzeiro.cli.portal import run_portal
from tests.browser.conftest import Pages, Portal, Watched

# A lead that a provider could answer for: fresh, resolvable, and nobody else's.
LEAD_OF = """
from django.utils import timezone
from datetime import timedelta
from luzeiro.casework.leads.models import Lead
from luzeiro.casework.deconfliction.services import standing_claim
fresh = timezone.now() - timedelta(days=20)
held = {"shared address", "anonymising address", "hosting address"}
print(next(
    f"{one.pk} {one.place['asn']}"
    for one in Lead.objects.filter(country=%r, resolvable=True, last_seen_at__gt=fresh)
    .standing().order_by("-score")
    if not held & set(one.doubts) and one.targets.count() == 0 and not standing_claim(one.address)
))
"""
LINK_OF = """
from django.utils import timezone
from luzeiro.casework.officers.credentials import make_link
from luzeiro.casework.officers.models import Officer, OneTimeLink
print(make_link(officer=Officer.objects.get(login=%r), use=OneTimeLink.Use.SAMPLE, by=None,
                now=timezone.now()))
"""
STATES_ON_THE_WAY = ("ready", "entered", "secured", "result")


@pytest.fixture(scope="module")
def sample(portal: Portal) -> Portal:
    portal.luzeiro("demo", "load")
    return portal


def told(portal: Portal, code: str) -> str:
    said = run_portal(Home(portal.home), "shell", "--verbosity", "0", "--command", code)
    return said.split("\n")[-2]


def enter(pages: Pages, portal: Portal, login: str) -> Watched:
    watched = pages.new()
    watched.go(f"/welcome/{told(portal, LINK_OF % login)}")
    watched.page.click("main button")
    watched.page.wait_for_load_state("networkidle")
    return watched


def push(page: Page, action: str) -> None:
    """Press the first button of the form that goes there, and come to the page that follows."""
    with page.expect_navigation():
        page.locator(f"form[action$='{action}'] button:not([name])").first.click()


def path_of(watched: Watched) -> str:
    return watched.page.url.removeprefix(watched.url)


def opened(watched: Watched, lead: str) -> None:
    """The lead, under a purpose."""
    watched.go(f"/leads/{lead}")
    watched.page.select_option("select[name=purpose]", "investigation")
    push(watched.page, "/purpose")


def providers_known(watched: Watched, asn: str, country: str) -> None:
    watched.go("/requests/providers")
    page = watched.page
    for name, value in {"asn": asn, "country": country, "organisation": "Sample provider",
                        "contact": "legal@example.net"}.items():  # fmt: skip
        page.fill(f"main form[method=post] [name={name}]", value)
    with page.expect_navigation():
        page.locator("main form[method=post] button").last.click()


def downloaded(page: Page, button: Locator) -> bytes:
    with page.expect_download() as waiting:
        button.click()
    return waiting.value.path().read_bytes()


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    return " ".join(" ".join(one.get_textpage().get_text_range() for one in document).split())


def asked_about(page: Page) -> list[dict[str, str]]:
    """What the request's page says that it asks, line by line."""
    return [
        dict(
            zip(
                ("line", "address", "port", "at"),
                [cell.split()[0] for cell in row.locator("td").all_inner_texts()][:4],
                strict=True,
            )
        )
        for row in page.locator("main table").first.locator("tbody tr").all()
    ]


def answered(worker: Watched, rows: list[dict[str, str]], reference: str, **wrong: str) -> None:
    """Take an answer in from a file: an invented subscriber in each line."""
    person = {"name": "Sample Person", "installation_address": "Sample Street 1"}
    answers = [{**row, **person, **wrong} for row in rows]
    page = worker.page
    if not page.locator("input[name=answer]").is_visible():
        page.locator("details:has(input[name=answer]) summary").click()
    page.set_input_files("input[name=answer]", {
        "name": "answer.json", "mimeType": "application/json",
        "buffer": json.dumps({"reference": reference, "answers": answers}).encode(),
    })  # fmt: skip
    push(page, "/return")


def with_a_return(worker: Watched, approver: Watched, lead: str, name: str) -> None:
    """Draw up, have approved by another, send, refuse a wrong answer, take in a right one."""
    page = worker.page
    opened(worker, lead)
    worker.go(f"/leads/{lead}/request", f"{name}_draw")
    page.select_option("select[name=kind]", "subscriber")
    with page.expect_navigation():
        page.locator("main form[method=post] button").first.click()
    request = path_of(worker)
    assert page.locator("form[action$='/approve']").count() == 0  # not by whoever drew it up
    assert page.locator("form[action*='/take/']").count() == 0
    approver.go(request, f"{name}_approve")
    push(approver.page, "/approve")
    worker.go(request)
    pdf = downloaded(page, page.locator("form[action$='/take/pdf'] button"))
    rows, reference = asked_about(page), page.locator("h1").inner_text().split()[0]
    assert len(rows) >= 1
    for row in rows:
        assert f"{row['address']} {row['port']}" in text_of(pdf)
    worker.go(request, f"{name}_sent")
    answered(worker, rows, reference, port="1")
    expect(page.locator(".badge.bg-red-lt").first).to_be_visible()
    worker.look(f"{name}_return_refused")
    assert page.locator("text=Sample Street 1").count() == 0  # nothing of it is kept
    worker.go(request)
    answered(worker, rows, reference)
    worker.look(f"{name}_return")
    expect(page.locator(".alert-danger")).to_have_count(0)


def test_a_request_is_approved_by_a_second_person_and_a_wrong_return_is_refused(
    pages: Pages, sample: Portal
) -> None:
    ana, carla = enter(pages, sample, "sample-ana"), enter(pages, sample, "sample-carla")
    lead, asn = told(sample, LEAD_OF % "AR").split()
    providers_known(carla, asn, "AR")
    with_a_return(ana, carla, lead, "request")


def test_a_report_is_drawn_up_and_taken(pages: Pages, sample: Portal) -> None:
    ana = enter(pages, sample, "sample-ana")
    lead, _ = told(sample, LEAD_OF % "AR").split()
    opened(ana, lead)
    ana.go(f"/leads/{lead}/reports")
    with ana.page.expect_navigation():
        ana.page.locator("form:has(select[name=language]) button").click()
    ana.look("reports")
    pdf = downloaded(ana.page, ana.page.locator("form[action$='/take/pdf'] button").first)
    assert "Informe del investigador" in text_of(pdf)


def proposed(olga: Watched, *units: str) -> str:
    """An operation, its invitations, its limits; gives its path."""
    page = olga.page
    olga.go("/operations/")
    page.fill("input[name=name]", "Invented light")
    page.fill("input[name=edition]", "X")
    with page.expect_navigation():
        page.locator("main form:has(input[name=name]) button").click()
    path = path_of(olga)
    for unit in units:
        page.select_option("select[name=unit]", label=unit)
        push(page, "/invite")
    page.fill("input[name=fresh_days]", "60")
    push(page, "/limits")
    hour = datetime.now(UTC) + timedelta(days=1)
    page.fill("input[name=at]", hour.strftime("%Y-%m-%dT%H:%M"))
    push(page, "/hour")
    olga.look("operation")
    return path


def joins(supervisor: Watched) -> None:
    supervisor.go("/operations/", "operations_invited")
    with supervisor.page.expect_navigation():
        supervisor.page.locator("button[name=accept][value=yes]").first.click()


def brings(worker: Watched, operation: str, lead: str, country: str) -> str:
    """Bring a lead in; gives the path of its target."""
    worker.go(operation)
    worker.page.select_option("select[name=lead]", lead)
    push(worker.page, "/bring")
    with worker.page.expect_navigation():
        worker.page.locator("main td a", has_text=f"{country}-001").click()
    return path_of(worker)


def authorised(worker: Watched, target: str) -> None:
    page = worker.page
    worker.go(target)
    page.fill("input[name=order_number]", "12/2026")
    page.fill("input[name=order_expires_on]", "2100-01-01")
    push(page, "/order")
    push(page, "/people")
    worker.look("target_authorised")


def moved(worker: Watched, state: str) -> None:
    with worker.page.expect_navigation():
        worker.page.locator(f"button[name=to][value={state}]").click()


def test_three_units_go_from_a_proposal_to_a_communique_and_the_board_follows_by_events(
    pages: Pages, sample: Portal
) -> None:
    olga = enter(pages, sample, "sample-olga")  # Miami, in English
    ana, carla = enter(pages, sample, "sample-ana"), enter(pages, sample, "sample-carla")  # Spanish
    elisa, fabio = enter(pages, sample, "sample-elisa"), enter(pages, sample, "sample-fabio")
    operation = proposed(olga, "Buenos Aires (sample)", "São Paulo (sample)")
    joins(carla)
    joins(fabio)
    targets = {}
    for country, worker, approver in (("AR", ana, carla), ("BR", elisa, fabio)):
        lead, asn = told(sample, LEAD_OF % country).split()
        providers_known(approver, asn, country)
        with_a_return(worker, approver, lead, f"operation_{country}")
        targets[country] = brings(worker, operation, lead, country)
        authorised(worker, targets[country])
    olga.go(f"{operation}/board", "board")
    board = olga.page
    # Set once: were the page loaded anew, it would be gone; so what changes, changes by events.
    board.evaluate("window.heldSince = document.getElementById('board')")
    expect(board.locator("#link")).to_have_text("live")
    for country, worker in (("AR", ana), ("BR", elisa)):
        row = board.locator(f"[data-code='{country}-001']")
        for state in STATES_ON_THE_WAY:
            worker.go(targets[country])
            if state == "result":
                worker.page.select_option("select[name=what]", "arrest")
                worker.page.fill("form[action$='/outcomes'] input[name=count]", "2")
                push(worker.page, "/outcomes")
            moved(worker, state)
            expect(row).to_have_attribute("data-state", state)
            expect(board.locator("#feed li").first).to_contain_text(f"{country}-001")
    assert board.evaluate("window.heldSince === document.getElementById('board')")
    expect(board.locator("[data-count=result]")).to_have_text("2")
    expect(board.locator("#alerts .alert-danger").first).to_be_visible()  # before the hour
    olga.look("board_played")
    olga.go(operation)
    push(board, "/end")
    sentences = {
        "en": (olga, "4 people arrested in 2 countries"),
        "es": (ana, "4 personas detenidas en 2 países"),
        "pt": (elisa, "4 pessoas presas em 2 países"),
    }
    for language, (worker, sentence) in sentences.items():
        worker.go(f"{operation}/figures", f"figures_{language}")
        expect(worker.page.locator(".lead-sentence")).to_contain_text(sentence)
        button = worker.page.locator(f"form[action*='/papers/communique/{language}'] button")
        text = text_of(downloaded(worker.page, button))
        assert sentence in text
        assert "Invented light X" in text
    olga.go(f"{operation}/editions")
    expect(board.locator("#editions[data-drawn='1'] canvas").first).to_be_visible()
    olga.look("editions")


def test_a_board_that_nobody_touches_says_so_before_it_signs_out_and_after(
    pages: Pages, sample: Portal
) -> None:
    olga = enter(pages, sample, "sample-olga")
    page = olga.page
    olga.go("/operations/")
    if page.locator("main td a").count() == 0:
        proposed(olga)
    else:
        page.locator("main td a").first.click()
    page.wait_for_url("**/operations/*-*")
    olga.go(f"{path_of(olga)}/board")
    expect(page.locator("#presence")).to_be_hidden()
    idle_for(sample, minutes=28)
    expect(page.locator("#presence")).to_be_visible(timeout=30_000)
    olga.look("board_warns")
    with page.expect_response("**/here") as answer:
        page.keyboard.press("x")
    assert answer.value.status == 204
    expect(page.locator("#presence")).to_be_hidden()
    idle_for(sample, minutes=31)
    expect(page.locator("#gone")).to_be_visible(timeout=30_000)
    olga.look("board_signed_out")
    with page.expect_navigation():
        page.locator("#gone a").click()
    assert "/sign-in" in page.url


def idle_for(portal: Portal, *, minutes: int) -> None:
    """Let every session be as if nobody had touched it for so long."""
    code = (
        "from importlib import import_module\n"
        "from django.conf import settings\n"
        "from django.contrib.sessions.models import Session\n"
        "from django.utils import timezone\n"
        "made = import_module(settings.SESSION_ENGINE).SessionStore\n"
        "for one in Session.objects.all():\n"
        "    held = made(one.session_key)\n"
        "    if 'seen_at' in held:\n"
        f"        held['seen_at'] = timezone.now().timestamp() - {minutes} * 60\n"
        "        held.save()\n"
        "print('done')"
    )
    assert told(portal, code) == "done"
