from collections.abc import Callable
from dataclasses import replace

import pytest

from luzeiro.evidence.verifier.ed2k_hearsay import Hearsay, hear_index
from luzeiro.evidence.verifier.exchange import RawFrame, parse_exchange
from luzeiro.networks.edonkey.session.heard import Telling, ToldSource
from luzeiro.observations.exchange import encode
from tests.evidence import ed2k_scenes
from tests.evidence.verifier.test_judge_edonkey import row_of
from tests.networks.edonkey import answers

Told = tuple[ToldSource, Telling]
TELLERS: dict[str, Callable[[], Told]] = {
    "kad": ed2k_scenes.told_by_kad,
    "server": ed2k_scenes.told_by_server,
    "source exchange": ed2k_scenes.told_by_client,
}


def heard(
    told: Told, *, digest: bytes = ed2k_scenes.FILE.digest, said: bytes = b"", **changes: object
) -> Hearsay:
    """Read one telling, with something more said by us, or another witness."""
    transcript = told[1].transcript
    assert transcript is not None
    (raw,) = parse_exchange(encode((transcript,)))
    if said:
        raw = replace(raw, frames=(RawFrame(">", 1, said), *raw.frames))
    (witness,) = row_of(ed2k_scenes.scene(None, told))["told_by"]
    return hear_index(raw, told[1].means, digest, {**witness, **changes})


@pytest.mark.parametrize("means", sorted(TELLERS))
def test_each_kind_of_index_names_the_peer(means: str) -> None:
    found = heard(TELLERS[means]())
    assert ed2k_scenes.PEER.compact in {one.where for one in found.told_of}
    assert (found.wrong, found.unknown) == ([], [])


@pytest.mark.parametrize("means", sorted(TELLERS))
def test_at_another_instant_it_told_nothing(means: str) -> None:
    told_at = "2026-03-04T00:00:00.000000Z"
    assert heard(TELLERS[means](), told_at=told_at).told_of == []


@pytest.mark.parametrize("means", ["kad", "server"])
def test_a_question_about_another_file_is_named(means: str) -> None:
    found = heard(TELLERS[means](), digest=b"\x22" * 16)
    assert found.told_of == []
    assert found.wrong == ["an index was asked for another file than the sighting names"]


@pytest.mark.parametrize("means", sorted(TELLERS))
def test_what_an_observer_must_not_say_is_named(means: str) -> None:
    offer = answers.packet(answers.EDONKEY, 0x15, bytes(8))
    assert heard(TELLERS[means](), said=offer).wrong


def test_a_question_that_does_not_open_is_unknown() -> None:
    found = heard(ed2k_scenes.told_by_kad(hidden=True), node_id="00" * 16)
    assert found.told_of == []  # another node than the one that answered
    told = ed2k_scenes.told_by_kad(hidden=True)[1].transcript
    assert told is not None
    frames = (replace(told.frames[0], data=b"\x14" + bytes(60)), told.frames[1])
    source, telling = ed2k_scenes.told_by_kad(hidden=True)
    found = heard((source, replace(telling, transcript=replace(told, frames=frames))))
    assert found.unknown == ["what a Kad node was asked: its id does not open the question"]
