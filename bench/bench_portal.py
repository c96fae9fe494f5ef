"""The portal's pages under load: medians on the server, against a limit that one run measures.

So many officers at once, each with a session and a connection of her own, ask for one page after
another, over HTTP, from `luzeiro serve` on SQLite: without a pause (nobody does, and it is the
harder question), then with a second between two pages::

    python -m bench.bench_portal [--leads 1000000] [--units 40] [--officers 20] [--sightings 0]

The limit is a page that asks no database (`/alive` of nobody) under the same load. The clients are
on the same processors as the server. `--sightings` fills the home's store too; a lead's newest 200
sightings are kept by reference beside it, so that none of these pages asks the store.
"""

import argparse
import http.client
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bench.entries import catalogue_of
from bench.sightings import World, write_segment
from luzeiro.sightings.embedded import EmbeddedStore
from luzeiro.sightings.intake import Intake

PAUSES_S = (0.0, 1.0)
LUZEIRO = [sys.executable, "-m", "luzeiro.cli.app"]
PREPARE = """
import json, sys, uuid
from datetime import datetime, UTC, date
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from luzeiro.casework.leads.models import Lead, LeadFile, LeadInstall
from luzeiro.casework.officers.models import Grant, Officer, Role, Unit
leads, officers, units = {leads}, {officers}, {units}
made = [Unit.objects.create(name=f"Unit {{n}}", country="AR", contact="x") for n in range(units)]
Session = import_module(settings.SESSION_ENGINE).SessionStore
keys = []
now = datetime.now(UTC)
for n in range(officers):
    who = Officer.objects.create(login=f"o{{n}}", name=f"Officer {{n}}", unit=made[n % units],
        created_at=now, agreed_at=now, trained_until=date(2100, 1, 1), password="!")
    Grant.objects.create(officer=who, role=Role.INVESTIGATOR)
    session = Session()
    session[SESSION_KEY] = str(who.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = who.get_session_auth_hash()
    session["factor"] = "totp"
    session["confirmed_at"] = now.timestamp()
    session.save()
    keys.append((session.session_key, made[n % units].pk.hex))
ids = ",".join(f"('{{n}}','{{unit.pk.hex}}')" for n, unit in enumerate(made))
with connection.cursor() as c:
    c.execute("CREATE TEMP TABLE numbered (n INT, unit TEXT)")
    c.execute("INSERT INTO numbered VALUES " + ids)
    c.execute(f'''INSERT INTO leads_lead (id, address, unit_id, state, unit_fixed, country, region,
      place, first_seen_at, last_seen_at, expires_at, grade, category, networks, sightings, entries,
      days, parts, score, doubts, resolvable, material_sha256, built_at, sample)
      WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < {{leads}})
      SELECT lower(hex(randomblob(16))), printf('2001:db8:%x::%x', i / 60000, i % 60000 + 1),
      numbered.unit,
      CASE i / {{units}} % 5 WHEN 0 THEN 'worked' WHEN 1 THEN 'closed' ELSE 'new' END, 0, 'AR',
      printf('AR-%s', char(65 + i / {{units}} % 24)), '{{{{}}}}', datetime('now', '-9 days'),
      datetime('now'), datetime('now', '+80 days'), 'stated', 'caid-uk:A', '["bittorrent"]',
      50, 10, 3,
      '{{{{"severity":0.8,"entries":0.5,"availability":0.4,"persistence":0.3,"recency":1,
      "grade":0.5,"role":1}}}}',
      abs(random() % 10000) / 100.0, '[]', 1, 'x', datetime('now'), 0
      FROM k JOIN numbered ON numbered.n = k.i % {{units}}''')
    c.execute("ANALYZE")
    out = []
    for key, unit in keys:
        c.execute("SELECT id, address FROM leads_lead WHERE unit_id = %s AND state = 'new'"
                  " ORDER BY id LIMIT 1 OFFSET %s", [unit, len(out)])
        lead, address = c.fetchone()
        whole = Lead.objects.get(pk=uuid.UUID(lead))
        LeadFile.objects.bulk_create(LeadFile(lead=whole, entry_id=k, category="caid-uk:A",
            identifier_kind="btih", identifier="ee" * 20, completeness=100.0, role="sharing whole",
            grade="stated", sightings=5, first_seen_at=now, last_seen_at=now) for k in range(10))
        LeadInstall.objects.create(lead=whole, kind="user_hash", value="ab" * 16, durable=True,
            client="Invented 1.0", sightings=50, first_seen_at=now, last_seen_at=now)
        session = Session(key)
        session["purposes"] = {{str(uuid.UUID(lead)): ["triage", now.timestamp()]}}
        session.save()
        out.append([key, str(uuid.UUID(lead)), address])
print(json.dumps(out))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=1_000_000)
    parser.add_argument("--units", type=int, default=40)
    parser.add_argument("--officers", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--sightings", type=float, default=0)
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--home", type=Path, help="a folder to fill, or one filled before")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="luzeiro-bench-") as folder:
        home: Path = asked.home or Path(folder)
        sessions = _prepared(home, asked)
        size_mb = (home / "casework.sqlite3").stat().st_size / 1e6
        print(
            f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before; {asked.leads:,} leads"
            f" of {asked.units} units, {size_mb:,.0f} MB; {asked.sightings:,.0f} sightings in the"
            f" store; {asked.officers} officers at once"
        )
        _measure(home, sessions, asked)


def _prepared(home: Path, asked: argparse.Namespace) -> list[tuple[str, str, str]]:
    """Fill a home, unless it was filled before; gives a session, a lead and an address each."""
    kept = home / "sessions.json"
    if not kept.exists():
        home.mkdir(exist_ok=True)
        subprocess.run([*LUZEIRO, "--home", str(home), "init"], check=True, capture_output=True)
        if asked.sightings:
            _fill_store(home, int(asked.sightings))
        code = PREPARE.format(leads=asked.leads, officers=asked.officers, units=asked.units)
        told = subprocess.run(
            [sys.executable, "-m", "luzeiro.portal", "shell", "-v0", "-c", code],
            env=_environment(home), check=True, capture_output=True, text=True,
        )  # fmt: skip
        kept.write_text(told.stdout.splitlines()[-1])
    return [tuple(one) for one in json.loads(kept.read_text())]


def _fill_store(home: Path, rows: int) -> None:
    world = World.of(rows)
    with EmbeddedStore(home / "store") as store:
        intake = Intake(
            store, spool=home / "hub" / "admitted", segments=home / "segments",
            verdicts=catalogue_of(world.files), now=lambda: datetime.now(UTC),
        )  # fmt: skip
        for table in world.segments():
            write_segment(table, home / "hub" / "admitted")
            intake.run()


def _environment(home: Path) -> dict[str, str]:
    return {
        **os.environ, "LUZEIRO_HOME": str(home), "LUZEIRO_PLAIN_HTTP": "1",
        "DJANGO_SETTINGS_MODULE": "luzeiro.portal.settings",
    }  # fmt: skip


def _measure(home: Path, sessions: list[tuple[str, str, str]], asked: argparse.Namespace) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    server = subprocess.Popen(
        [*LUZEIRO, "--home", str(home), "serve", "--without-tls", "--every", "0",
         "--port", str(port), "--workers", str(asked.workers)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    pages: dict[str, Callable[[tuple[str, str, str]], str]] = {
        "nothing (limit)": lambda one: "/alive",  # noqa: ARG005
        "list": lambda one: "/leads/",  # noqa: ARG005
        "map": lambda one: "/leads/map?country=AR",  # noqa: ARG005
        "lead": lambda one: f"/leads/{one[1]}",
        "address": lambda one: f"/leads/?address={one[2]}",
    }
    try:
        _wait_for(port)
        for pause_s in PAUSES_S:
            print(f"{pause_s:.0f} s between an officer's pages:")
            for name, path in pages.items():
                _Load(port, pause_s, asked.rounds).of(name, [
                    (path(one), "" if path(one) == "/alive" else one[0]) for one in sessions
                ])  # fmt: skip
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


class _Load:
    """One page, asked by all officers at once."""

    def __init__(self, port: int, pause_s: float, rounds: int) -> None:
        self._port, self._pause_s, self._rounds = port, pause_s, rounds
        self._took_ms: list[float] = []

    def of(self, name: str, asked: list[tuple[str, str]]) -> None:
        began_at = time.monotonic()
        threads = [threading.Thread(target=self._officer, args=one) for one in asked]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        rate = len(self._took_ms) / (time.monotonic() - began_at)
        if len(self._took_ms) < len(asked) * self._rounds:
            raise SystemExit(f"{name}: some pages were not answered")
        worst = statistics.quantiles(self._took_ms, n=20)[-1]
        print(f"  {name:16} median {statistics.median(self._took_ms):7.1f} ms   95 %"
              f" {worst:7.1f} ms   {rate:6.1f} pages/s")  # fmt: skip

    def _officer(self, path: str, session: str) -> None:
        link = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        _ask(link, path, session)  # what a process does once it does now
        time.sleep(self._pause_s)
        for _ in range(self._rounds):
            began_at = time.perf_counter()
            _ask(link, path, session)
            self._took_ms.append(1000 * (time.perf_counter() - began_at))
            time.sleep(self._pause_s)
        link.close()


def _ask(link: http.client.HTTPConnection, path: str, session: str) -> None:
    link.request("GET", path, headers={"Cookie": f"session={session}"} if session else {})
    answer = link.getresponse()
    answer.read()
    if answer.status != 200:
        raise SystemExit(f"{path} answered {answer.status}")


def _wait_for(port: int) -> None:
    for _ in range(600):
        try:
            _ask(http.client.HTTPConnection("127.0.0.1", port, timeout=60), "/alive", "")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server did not come up")


if __name__ == "__main__":
    main()
