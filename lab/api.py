"""The API of a real portal with the sample: schemathesis asks all that its description allows, and
the documentation's program is run as it stands::

    python -m lab.api [--examples 50]

A server error, an answer that the description does not allow, or a program that fails: status 1.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.portal import served
from luzeiro.cli.home import Home
from luzeiro.cli.portal import run_portal

DOCUMENTATION = Path(__file__).parents[1] / "docs" / "reference" / "api.md"
TOKEN = """
from django.utils import timezone
from luzeiro.casework.officers.models import Officer
from luzeiro.casework.officers.tokens import make_token
who = Officer.objects.filter(unit__sample=True, grants__role="supervisor").first()
Officer.objects.filter(pk=who.pk).update(totp_secret="set")  # a token counts with a factor alone
print(make_token(officer=who, label="schemathesis", by=who, now=timezone.now()))
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=50, help="Of each operation and phase.")
    examples: int = parser.parse_args().examples
    with tempfile.TemporaryDirectory(prefix="luzeiro-api-") as folder, _portal(folder) as url:
        token = run_portal(Home(Path(folder)), "shell", "-v0", "-c", TOKEN).split()[-1]
        documented = _run_documentation(url, token)
        print(f"the documentation's program printed {documented} leads", flush=True)
        status = _ask_everything(url, token, examples)
    return 1 if status or not documented else 0


@contextmanager
def _portal(folder: str) -> Iterator[str]:
    for words in (("init",), ("demo", "load")):
        command = [sys.executable, "-m", "luzeiro.cli.app", "--home", folder, *words]
        subprocess.run(command, check=True, capture_output=True)
    with served(Path(folder)) as (url, _):
        yield url


def _run_documentation(url: str, token: str) -> int:
    (program,) = re.findall(r"```python\n(.*?)```", DOCUMENTATION.read_text(), re.DOTALL)
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True,
        env={**os.environ, "LUZEIRO_HUB": url, "LUZEIRO_TOKEN": token},
    )  # fmt: skip
    return len(told.stdout.splitlines())


def _ask_everything(url: str, token: str, examples: int) -> int:
    asked = subprocess.run(
        [str(Path(sys.executable).with_name("st")), "run", f"{url}/api/openapi.json",
         "--header", f"Authorization: Bearer {token}", "--header", "X-Purpose: asked by a test",
         "--checks", "all", "--max-examples", str(examples), "--seed", "1", "--no-color",
         "--continue-on-failure"],
        check=False,
    )  # fmt: skip
    return asked.returncode


if __name__ == "__main__":
    sys.exit(main())
