"""The portal's pages under load: medians on the server, against a limit that one run measures.

So many officers at once ask for the list, the map, a lead's page and an address, over HTTP, from a
real server on SQLite::

    python -m bench.bench_portal [--leads 1000000] [--officers 20] [--rounds 15]

The limit is a page that asks no database (`/alive`) under the same load. Sightings beyond a lead's
newest 200 are in the store and are on none of these pages.
"""

import argparse
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from luzeiro.portal.secret import make_secret

UNITS = 40
PREPARE = """
import json, sys, uuid
from datetime import datetime, UTC, date
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
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
      numbered.unit, CASE i % 5 WHEN 0 THEN 'worked' WHEN 1 THEN 'closed' ELSE 'new' END, 0, 'AR',
      printf('AR-%s', char(65 + i % 24)), '{{{{}}}}', datetime('now', '-9 days'), datetime('now'),
      datetime('now', '+80 days'), 'stated', 'caid-uk:A', '["bittorrent"]', 50, 10, 3,
      '{{{{"severity":0.8,"entries":0.5,"availability":0.4,"persistence":0.3,"recency":1,
      "grade":0.5,"role":1}}}}',
      abs(random() % 10000) / 100.0, '[]', 1, 'x', datetime('now'), 0
      FROM k JOIN numbered ON numbered.n = k.i % {{units}}''')
    c.execute("ANALYZE")
    out = []
    for key, unit in keys:
        c.execute("SELECT id, address FROM leads_lead WHERE unit_id = %s LIMIT 1", [unit])
        lead, address = c.fetchone()
        session = Session(key)
        session["purposes"] = {{str(uuid.UUID(lead)): ["triage", now.timestamp()]}}
        session.save()
        out.append([key, str(uuid.UUID(lead)), address])
print(json.dumps(out))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=1_000_000)
    parser.add_argument("--officers", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=15)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="luzeiro-bench-") as folder:
        home = Path(folder)
        environment = {
            **os.environ, "LUZEIRO_HOME": folder, "LUZEIRO_PLAIN_HTTP": "1",
            "DJANGO_SETTINGS_MODULE": "luzeiro.portal.settings",
        }  # fmt: skip
        began_at = time.monotonic()
        sessions = _prepare(home, environment, asked)
        size_mb = (home / "casework.sqlite3").stat().st_size / 1e6
        print(
            f"{asked.leads:,} leads of {UNITS} units, {size_mb:,.0f} MB,"
            f" laid in {time.monotonic() - began_at:.0f} s; {asked.officers} officers at once"
        )
        _measure(environment, sessions, asked.rounds)


def _prepare(
    home: Path, environment: dict[str, str], asked: argparse.Namespace
) -> list[tuple[str, str, str]]:
    make_secret(home)
    portal = [sys.executable, "-m", "luzeiro.portal"]
    subprocess.run([*portal, "migrate", "-v0"], env=environment, check=True)
    code = PREPARE.format(leads=asked.leads, officers=asked.officers, units=UNITS)
    told = subprocess.run(
        [*portal, "shell", "-v0", "-c", code], env=environment, check=True, capture_output=True,
        text=True,
    )  # fmt: skip
    return [tuple(one) for one in json.loads(told.stdout.splitlines()[-1])]


def _measure(
    environment: dict[str, str], sessions: list[tuple[str, str, str]], rounds: int
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    server = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--port", str(port),
         "--workers", "1", "--blocking-threads", "8", "luzeiro.portal.wsgi:application"],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    pages: dict[str, Callable[[tuple[str, str, str]], str]] = {
        "nothing (limit)": lambda one: "/alive",  # noqa: ARG005
        "list": lambda one: "/leads/",  # noqa: ARG005
        "map": lambda one: "/leads/map?country=AR",  # noqa: ARG005
        "lead": lambda one: f"/leads/{one[1]}",
        "address": lambda one: f"/leads/?address={one[2]}",
    }
    try:
        _ask(port, "/alive", "", patient=True)
        for name, path in pages.items():
            took_ms: list[float] = []
            began_at = time.monotonic()
            threads = [
                threading.Thread(target=_officer, args=(port, path(one), one[0], rounds, took_ms))
                for one in sessions
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            rate = len(took_ms) / (time.monotonic() - began_at)
            worst = statistics.quantiles(took_ms, n=20)[-1]
            print(f"{name:16} median {statistics.median(took_ms):7.1f} ms   95 %"
                  f" {worst:7.1f} ms   {rate:6.1f} pages/s")  # fmt: skip
    finally:
        server.terminate()
        server.wait(20)


def _officer(port: int, path: str, session: str, rounds: int, took_ms: list[float]) -> None:
    for _ in range(rounds):
        began_at = time.perf_counter()
        _ask(port, path, session)
        took_ms.append(1000 * (time.perf_counter() - began_at))
        time.sleep(0.5)  # an officer reads: 20 at once are 40 pages a second at most


def _ask(port: int, path: str, session: str, *, patient: bool = False) -> None:
    for _ in range(300 if patient else 1):
        try:
            link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            link.request("GET", path, headers={"Cookie": f"session={session}"})
            answer = link.getresponse()
            answer.read()
        except OSError:
            if not patient:
                raise
            time.sleep(0.1)
            continue
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}")
        return
    raise SystemExit("the server did not come up")


if __name__ == "__main__":
    main()
