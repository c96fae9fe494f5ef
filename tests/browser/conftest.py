"""A real server on loopback, a real browser, and what every page is looked at for."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
SHOTS = os.environ.get("LUZEIRO_SHOTS")


@dataclass
class Portal:
    """A served home."""

    home: Path
    url: str
    first: str  # the first administrator's path

    def luzeiro(self, *words: str) -> str:
        return _luzeiro(self.home, *words)

    def links(self) -> dict[str, str]:
        """One-time paths of sample officers, by role."""
        told = self.luzeiro("demo", "links").splitlines()[1:]
        return {line.split()[0]: line.split()[1] for line in told}


@dataclass
class Watched:
    """A page whose every request, message and violation is kept."""

    page: Page
    url: str
    outside: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)

    def look(self, name: str) -> None:
        """Look for accessibility findings, and take a picture where one is asked for."""
        self.page.wait_for_load_state("networkidle")
        for box in self.page.locator("#map, #place, #timeline").all():
            box.locator("canvas").first.wait_for()  # a chart is drawn after its shapes have come
        if SHOTS:
            self.page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True, caret="initial")
        self.page.evaluate(AXE.read_text())
        for one in self.page.evaluate("axe.run()")["violations"]:
            if one["impact"] in ("serious", "critical"):
                where = [node["html"][:100] for node in one["nodes"]][:2]
                self.findings.append(f"{name}: {one['id']} {where}")

    def go(self, path: str, name: str = "") -> None:
        self.page.goto(self.url + path)
        if name:
            self.look(name)


def _luzeiro(home: Path, *words: str) -> str:
    told = subprocess.run(
        [sys.executable, "-m", "luzeiro.cli.app", "--home", str(home), *words],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return told.stdout


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    home = tmp_path_factory.mktemp("home")
    told = _luzeiro(home, "init")
    first = re.search(r"^/welcome/\S+$", told, re.MULTILINE)
    assert first is not None
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "luzeiro.cli.app", "--home", str(home), "serve", "--without-tls",
         "--port", str(port), "--every", "0"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://localhost:{port}"
    try:
        _wait(url)
        yield Portal(home, url, first[0])
    finally:
        server.terminate()
        server.wait(60)  # it lets its last answers out


def _wait(url: str) -> None:
    given_up_at = time.monotonic() + 60
    while True:
        try:
            with urlopen(f"{url}/alive", timeout=5):
                return
        except OSError:
            assert time.monotonic() < given_up_at, "the portal did not come up"
            time.sleep(0.2)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    assert chromium, "install Debian's chromium"
    with sync_playwright() as started:
        opened = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def pages(portal: Portal, browser: Browser) -> Iterator["Pages"]:
    made = Pages(portal, browser)
    yield made
    for watched in made.opened:
        watched.page.context.close()
        assert watched.outside == []
        assert watched.said == []
        assert watched.findings == []


class Pages:
    """Opens windows, each a stranger to the others."""

    def __init__(self, portal: Portal, browser: Browser) -> None:
        self._portal, self._browser = portal, browser
        self.opened: list[Watched] = []

    def new(self, locale: str = "en") -> Watched:
        context = self._browser.new_context(viewport={"width": 1360, "height": 850}, locale=locale)
        watched = Watched(context.new_page(), self._portal.url)
        page = watched.page
        page.on("request", lambda sent: self._note(watched, sent.url))
        page.on(
            "console",
            lambda told: (
                watched.said.append(told.text)
                if told.type in ("error", "warning") and "status of 4" not in told.text
                else None
            ),
        )
        page.on("pageerror", lambda error: watched.said.append(f"{error}\n{error.stack}"))
        self.opened.append(watched)
        return watched

    def _note(self, watched: Watched, url: str) -> None:
        if not url.startswith((self._portal.url, "data:")):
            watched.outside.append(url)
