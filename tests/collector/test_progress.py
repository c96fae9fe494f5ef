import json

from luzeiro.collector.progress import Progress
from luzeiro.observations.grade import Grade

NOW = Progress(
    elapsed_s=12.3456,
    sweep=2,
    targets_done=3,
    targets=7,
    counts={"peers asked": 5, "dht queries": 90, "dht timeouts": 4, "dht answers": 80},
    sightings={Grade.STATED: 2},
    unsealed=1,
    queries_per_s=7.5,
)


def test_the_line_says_targets_peers_grades_rate_and_errors_by_kind() -> None:
    assert NOW.line() == (
        "sweep 2: 3/7 targets · 5 peers asked · sightings: 0 heard, 0 reached, 2 stated"
        " · 8 queries/s · 4 dht timeouts"
    )


def test_what_goes_as_it_should_is_no_fault() -> None:
    assert NOW.faults == {"dht timeouts": 4}


def test_machines_get_the_same_as_one_object() -> None:
    told = json.loads(json.dumps(NOW.as_json()))
    assert told["sightings"] == {"heard": 0, "reached": 0, "stated": 2}
    assert told["faults"] == {"dht timeouts": 4}
    assert (told["elapsed_s"], told["queries_per_s"], told["targets"]) == (12.346, 7.5, 7)
