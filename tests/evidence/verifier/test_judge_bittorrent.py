"""What the verifier makes of bytes, beside what the collector made of them."""

from typing import Any

import pytest

from luzeiro.evidence.verifier.exchange import parse_exchange
from luzeiro.evidence.verifier.judge import judge
from luzeiro.evidence.verifier.judge_bittorrent import WatchedFile
from luzeiro.evidence.verifier.judgement import Judgement
from luzeiro.observations.batch import to_table
from luzeiro.package.rows import json_row
from tests.evidence import scenes


def row_of(scene: scenes.Scene) -> dict[str, Any]:
    (sealed,) = to_table([scenes.sighting_of(scene, 1)]).to_pylist()
    return json_row(sealed, {})


def watched(scene: scenes.Scene, **changes: Any) -> WatchedFile:
    file = scenes.FILE
    usual = {
        "wire_infohashes": (scene.infohash,),
        "piece_count": scenes.COUNT,
        "first_piece": file.first_piece,
        "last_piece": file.last_piece,
        "first_own": file.first_own,
        "last_own": file.last_own,
    }
    return WatchedFile(**{**usual, **changes})


def judged(scene: scenes.Scene, **changes: Any) -> Judgement:
    transcripts = parse_exchange(scene.observation.exchange)
    return judge({**row_of(scene), **changes}, transcripts, watched(scene))


@pytest.mark.parametrize("name", sorted(scenes.ALL))
def test_what_the_collector_claimed_is_borne_out(name: str) -> None:
    assert judged(scenes.ALL[name]()) == Judgement((), ())


GRADES = {
    "seeder": "stated",
    "partial": "stated",
    "super-seeder": "reached",  # of pieces beyond this file
    "liar": "reached",
    "unanswered": "reached",
    "encrypted seeder": "stated",
    "heard of": "heard",
}


@pytest.mark.parametrize("name", sorted(GRADES))
@pytest.mark.parametrize("claimed", ["heard", "reached", "stated"])
def test_any_other_grade_is_contradicted(name: str, claimed: str) -> None:
    scene = scenes.ALL[name]()
    assert row_of(scene)["grade"] == GRADES[name]
    told = judged(scene, grade=claimed)
    assert bool(told.contradicted) == (claimed != GRADES[name])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"completeness": 99.0}, "completeness of 100.0, not 99.0"),
        ({"completeness": None}, "completeness"),
        ({"completeness_bound": "at least"}, "'exact' in the bytes"),
        ({"client": "Other 1.0"}, "names itself otherwise"),
        ({"user_ids": []}, "peer_id"),
        ({"control": "unanswered"}, "was 'refused', not 'unanswered'"),
        ({"control": "echoes anything"}, "was 'refused'"),
        ({"identifier": "11" * 20}, "another infohash"),
        ({"remote_port": 1}, "a statement of 198.51.100.7:51413"),
        ({"remote_address": "198.51.100.8"}, "does not name the peer"),
    ],
)
def test_a_claim_that_the_bytes_contradict_is_named(change: dict[str, Any], told: str) -> None:
    assert any(told in one for one in judged(scenes.seeder(), **change).contradicted)


def test_a_liar_cannot_be_called_honest() -> None:
    told = judged(scenes.liar(), control="refused", grade="stated").contradicted
    assert any("'echoes anything', not 'refused'" in one for one in told)


def test_silence_is_not_borne_out_as_a_refusal_but_named_as_unknown() -> None:
    told = judged(scenes.unanswered(), control="refused", grade="stated")
    assert any("rather than staying silent" in one for one in told.unknown)


def test_a_refusal_without_a_link_is_contradicted() -> None:
    scene = scenes.heard_of(scenes.infohash_of("seeder"))
    told = judged(scene, control="refused").contradicted
    assert any("no such link is recorded" in one for one in told)


def test_who_holds_only_a_neighbours_piece_states_nothing_of_this_file() -> None:
    scene = scenes.partial()
    transcripts = parse_exchange(scene.observation.exchange)
    elsewhere = watched(scene, first_piece=40, last_piece=40, first_own=40, last_own=40)
    told = judge({**row_of(scene), "completeness": 0.0}, transcripts, elsewhere).contradicted
    assert told == ("the bytes make the grade 'reached', not 'stated'",)


def test_without_the_map_a_files_completeness_is_unknown() -> None:
    scene = scenes.partial()
    told = judge(row_of(scene), parse_exchange(scene.observation.exchange), None)
    assert told.contradicted == ()
    assert len(told.unknown) == 2


def test_what_an_observer_must_not_say_is_noticed() -> None:
    scene = scenes.seeder()
    interested = b"\0\0\0\x01\x02"
    ours = next(
        frame.data
        for one in parse_exchange(scene.observation.exchange)
        for frame in one.frames
        if frame.direction == ">" and frame.data.startswith(b"\0\0\0\x01")
    )
    raw = scene.observation.exchange
    at = raw.index(ours)
    length = len(ours) + len(interested)
    changed = raw[: at - 4] + length.to_bytes(4, "big") + ours + interested + raw[at + len(ours) :]
    told = judge(row_of(scene), parse_exchange(changed), watched(scene)).contradicted
    assert "the collector said more than an observer may: interested" in told


def test_a_witness_that_did_not_say_so_is_named() -> None:
    row = row_of(scenes.seeder())
    row["told_by"] = [{**row["told_by"][0], "node_id": "00" * 20}]
    scene = scenes.seeder()
    told = judge(row, parse_exchange(scene.observation.exchange), watched(scene)).contradicted
    assert any("does not name the peer" in one for one in told)
