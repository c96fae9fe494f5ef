from luzeiro.evidence.verifier.findings import FAILS, HOLDS, UNKNOWN, Finding, Findings


def test_findings_keep_their_order_and_give_those_that_failed() -> None:
    findings = Findings()
    findings.holds("a", "1")
    findings.fails("b", "2")
    findings.unknown("c", "3")
    assert [one.state for one in findings] == [HOLDS, FAILS, UNKNOWN]
    assert findings.failed() == [Finding(FAILS, "b", "2")]
