from pathlib import Path

import pytest

from luzeiro.evidence.verifier.findings import Findings
from luzeiro.evidence.verifier.report import main, page, visible


def test_what_fails_comes_first_and_decides_the_verdict() -> None:
    findings = Findings()
    findings.holds("log", "one")
    assert page(findings, []).startswith("Everything that could be checked")
    findings.fails("segments", "two")
    told = page(findings, [])
    assert told.startswith("THIS PACKAGE DOES NOT HOLD: 1 checks failed.")
    assert told.index("WHAT DOES NOT HOLD") < told.index("WHAT HOLDS")


def test_a_page_stays_a_page() -> None:
    findings = Findings()
    for number in range(100):
        findings.fails("grades", f"fault {number}")
    assert "and 80 more: --all prints them" in page(findings, [])
    assert "fault 99" in page(findings, [], every=True)


def test_remote_text_does_not_steer_a_terminal() -> None:
    assert visible("\x1b[2Jgood\u202e") == "\\x1b[2Jgood\\u202e"


def test_the_exit_status_says_what_came_of_it(
    package: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "package.zip"
    path.write_bytes(package)
    assert main([str(path)]) == 0
    path.write_bytes(package[:-1])
    assert main([str(path)]) == 1
    assert main([str(tmp_path / "missing")]) == 2
    assert main([str(path), "--key", "nonsense"]) == 2
    assert "cannot verify" in capsys.readouterr().err
