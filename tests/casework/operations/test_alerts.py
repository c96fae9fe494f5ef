from datetime import UTC, datetime, timedelta

from luzeiro.casework.operations.alerts import Alert, AlertKind, Watched, alerts
from luzeiro.casework.operations.states import State

H = datetime(2026, 12, 3, 9, tzinfo=UTC)
SILENT = timedelta(minutes=30)


def watched(code: str = "AR-001", **changes: object) -> Watched:
    told: dict[str, object] = {
        "code": code,
        "state": State.ENTERED,
        "entered_at": H,
        "last_news_at": H,
        "production_at": None,
        **changes,
    }
    return Watched(**told)  # type: ignore[arg-type]


def found(*targets: Watched, at: datetime = H, hour: datetime | None = H) -> list[Alert]:
    return alerts(targets, h_hour_at=hour, silent=SILENT, now=at)


def test_a_target_entered_at_the_hour_alerts_nobody() -> None:
    assert found(watched()) == []


def test_a_second_too_early_is_too_early() -> None:
    early = H - timedelta(seconds=1)
    assert found(watched(entered_at=early)) == [Alert(AlertKind.EARLY, "AR-001", early)]


def test_without_an_hour_any_entry_is_too_early() -> None:
    assert [one.kind for one in found(watched(), hour=None)] == [AlertKind.EARLY]


def test_silence_counts_from_the_last_news_while_somebody_is_inside() -> None:
    later = H + SILENT
    assert found(watched(), at=later) == []
    assert [one.kind for one in found(watched(), at=later + timedelta(seconds=1))] == [
        AlertKind.SILENT
    ]
    assert found(watched(last_news_at=later), at=later + SILENT) == []
    for state in (State.READY, State.RESULT, State.WITHDRAWN):
        assert found(watched(state=state), at=H + timedelta(days=1)) == []


def test_a_child_in_danger_stands_first() -> None:
    late = H + timedelta(hours=2)
    kinds = [
        (one.kind, one.code)
        for one in found(
            watched("AR-001", entered_at=H - timedelta(hours=1), last_news_at=late),
            watched("AR-002"),
            watched("BR-001", production_at=late, last_news_at=late),
            at=late,
        )
    ]
    assert kinds == [
        (AlertKind.PRODUCTION, "BR-001"),
        (AlertKind.EARLY, "AR-001"),
        (AlertKind.SILENT, "AR-002"),
    ]
