"""What the verifier makes of eD2k and Kad, beside what the collector made of them."""

import struct
import zlib
from dataclasses import replace
from functools import partial
from random import Random
from typing import Any

import pytest

from luzeiro.evidence.verifier.exchange import (
    ExchangeError,
    RawFrame,
    RawTranscript,
    parse_exchange,
)
from luzeiro.evidence.verifier.judge_edonkey import EdonkeyJudge, WatchedEd2k
from luzeiro.evidence.verifier.judgement import Judgement
from luzeiro.networks.edonkey.session.link import ClientLink
from luzeiro.observations.batch import to_table
from luzeiro.package.rows import json_row
from tests.evidence import ed2k_scenes, scenes
from tests.networks.edonkey import answers

WATCHED = WatchedEd2k(ed2k_scenes.FILE.size_bytes)
RANDOM = "that nobody shares the file of the control question: its hash is said to be random"


def row_of(scene: ed2k_scenes.Scene) -> dict[str, Any]:
    (sealed,) = to_table([scenes.sighting_of(scene, 1)]).to_pylist()
    return json_row(sealed, {})


def transcripts(scene: ed2k_scenes.Scene) -> list[RawTranscript]:
    return parse_exchange(scene.observation.exchange)


def judged(
    scene: ed2k_scenes.Scene, *, watched: WatchedEd2k | None = WATCHED, **changes: Any
) -> Judgement:
    return EdonkeyJudge({**row_of(scene), **changes}, transcripts(scene), watched).judged()


def with_more(scene: ed2k_scenes.Scene, direction: str, data: bytes) -> Judgement:
    """Judge a scene over whose link more bytes went than were."""
    changed = [
        replace(one, frames=(*one.frames, RawFrame(direction, one.frames[-1].at_us, data)))
        if one.purpose == "statement"
        else one
        for one in transcripts(scene)
    ]
    return EdonkeyJudge(row_of(scene), changed, WATCHED).judged()


@pytest.mark.parametrize("name", sorted(ed2k_scenes.ALL))
def test_what_the_collector_claimed_is_borne_out(name: str) -> None:
    told = judged(ed2k_scenes.ALL[name]())
    assert told.contradicted == ()
    assert set(told.unknown) <= {RANDOM}


GRADES = {
    "whole": "stated",
    "part": "stated",
    "without": "reached",
    "obfuscated": "stated",
    "liar": "reached",
    "packed liar": "reached",
    "withheld": "reached",
    "unanswered": "reached",
    "unreachable": "heard",
    "heard of": "heard",
    "heard by udp": "heard",
    "low id": "heard",
}


@pytest.mark.parametrize("name", sorted(GRADES))
@pytest.mark.parametrize("claimed", ["heard", "reached", "stated"])
def test_any_other_grade_is_contradicted(name: str, claimed: str) -> None:
    scene = ed2k_scenes.ALL[name]()
    assert row_of(scene)["grade"] == GRADES[name]
    assert bool(judged(scene, grade=claimed).contradicted) == (claimed != GRADES[name])


NO_HASH = {"kind": "user_hash", "value": "00" * 16, "durable": False}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"completeness": 100.0}, "completeness of 33.3"),
        ({"completeness": None}, "completeness of 33.3"),
        ({"completeness_bound": "at least"}, "'exact' in the bytes"),
        ({"role": "sharing the whole"}, "the role 'downloading a part'"),
        ({"client": "eMule 0.50.1"}, "names itself otherwise"),
        ({"name": "another.bin"}, "the file's name is another one"),
        ({"size_bytes": 5}, "the file's size is not the one"),
        ({"user_ids": []}, "the user hash is another one"),
        ({"user_ids": [NO_HASH]}, "the user hash is another one"),
        ({"control": "unanswered"}, "was 'refused', not 'unanswered'"),
        ({"identifier": "11" * 16}, "another file than the sighting names"),
        ({"seen_at": "2026-03-04T05:06:09.000000Z"}, "the instant is not the one"),
        ({"remote_port": 1}, "a statement of"),
        ({"remote_address": "198.51.100.8"}, "does not name the peer"),
        ({"told_by": []}, "nothing claimed rests on what 203.0.113.9:4672 sent"),
    ],
)
def test_a_claim_that_the_bytes_contradict_is_named(change: dict[str, Any], told: str) -> None:
    assert any(told in one for one in judged(ed2k_scenes.part(), **change).contradicted)


def test_a_hash_that_lasts_and_one_that_does_not_are_told_apart() -> None:
    row = row_of(ed2k_scenes.whole())
    row["user_ids"][0]["durable"] = False
    told = EdonkeyJudge(row, transcripts(ed2k_scenes.whole()), WATCHED).judged()
    assert any("lasts is told wrongly" in one for one in told.contradicted)


def test_hearsay_under_a_user_hash_that_nobody_told_is_named() -> None:
    told = judged(ed2k_scenes.heard_of(), user_ids=[NO_HASH]).contradicted
    assert told == ("nobody told the user hash that is recorded",)


def test_who_only_was_heard_of_cannot_be_quoted() -> None:
    told = judged(ed2k_scenes.heard_of(), client="aMule 2.3.3").contradicted
    assert told == ("the endpoint is quoted, and its bytes hold no hello",)


def test_without_the_files_size_a_part_map_is_unknown_and_the_whole_is_not() -> None:
    part = judged(ed2k_scenes.part(), watched=None)
    assert part.contradicted == ()
    assert any("size is not in the package" in one for one in part.unknown)
    assert judged(ed2k_scenes.whole(), watched=None).unknown == (RANDOM,)


def test_a_part_map_of_another_size_is_no_statement_of_this_file() -> None:
    told = judged(ed2k_scenes.part(), watched=WatchedEd2k(20 * 9_728_000)).contradicted
    assert "the bytes make the grade 'reached', not 'stated'" in told
    assert "the bytes show a completeness of None, not 33.333333333333336" in told


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (answers.packet(answers.EDONKEY, 0x54), "opcode 0x54"),  # OP_STARTUPLOADREQ
        (answers.packet(answers.EDONKEY, 0x47, bytes(40)), "opcode 0x47"),  # OP_REQUESTPARTS
        (answers.packet(answers.EDONKEY, 0x15), "opcode 0x15"),  # OP_OFFERFILES
        (answers.packet(answers.EDONKEY, 0x58, b"\x33" * 16), "asked for another file"),
        (b"\xe3\x05", "no whole packet"),
    ],
)
def test_what_an_observer_must_not_say_is_noticed(said: bytes, told: str) -> None:
    found = with_more(ed2k_scenes.whole(), ">", said).contradicted
    assert any(told in one for one in found)


def test_the_beginning_of_a_file_in_the_record_is_noticed() -> None:
    part_of_a_file = answers.packet(answers.EDONKEY, 0x46, bytes(40))
    told = with_more(ed2k_scenes.whole(), "<", part_of_a_file[:7]).contradicted
    assert told == ("the record holds the beginning of a part of a file",)


def test_an_end_that_the_record_does_not_note_is_unknown_and_one_it_notes_is_compared() -> None:
    doubts = ["link: closed before it answered"]
    told = judged(ed2k_scenes.unanswered(), doubts=doubts)
    assert any("does not note the end of this link" in one for one in told.unknown)
    assert judged(ed2k_scenes.withheld()).unknown == ()
    silent = judged(ed2k_scenes.withheld(), doubts=["link: silent"]).contradicted
    assert silent == ("the peer closed the link in the bytes, and is said to be silent",)


@pytest.mark.parametrize("name", sorted(ed2k_scenes.ALL))
def test_a_changed_bit_is_never_more_than_the_bytes_show(name: str) -> None:
    """Bits flipped in the raw bytes: nothing but a judgement comes of it, and mostly a refusal."""
    scene, random = ed2k_scenes.ALL[name](), Random(name)
    row, noticed, tried = row_of(scene), 0, 150
    for _ in range(tried):
        raw = bytearray(scene.observation.exchange)
        bit = random.randrange(32, 8 * len(raw))
        raw[bit // 8] ^= 1 << bit % 8
        try:
            told = EdonkeyJudge(row, parse_exchange(bytes(raw)), WATCHED).judged()
        except ExchangeError:
            noticed += 1
        else:
            noticed += bool(told.contradicted)
    # The rest fell on what nothing is claimed of: nicks, versions, padding, instants of questions.
    assert noticed > tried / 3


def test_no_flip_in_what_a_liar_sent_makes_its_statement_hold() -> None:
    scene = ed2k_scenes.liar()
    raw = scene.observation.exchange
    row = {**row_of(scene), "grade": "stated", "control": "refused"}
    claim = raw.index(answers.status(ed2k_scenes.CONTROL)) * 8
    for bit in range(claim, claim + 8 * len(answers.status(ed2k_scenes.CONTROL))):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        told = EdonkeyJudge(row, parse_exchange(bytes(changed)), WATCHED).judged()
        holds = told.contradicted == ()
        # A claim about another hash, or of another opcode, is none about the control question's.
        in_its_hash_or_opcode = claim + 40 <= bit < claim + 48 + 128
        assert not holds or in_its_hash_or_opcode, bit - claim


HELLO = answers.hello_answer(ed2k_scenes.SOURCE.user_hash, secure_identification=3)
_CLAIM = zlib.compress(ed2k_scenes.FILE.digest + b"\x50\x03\0\x05" + b"\x59\x03\0abc")
ANSWERS = (
    answers.name(ed2k_scenes.FILE.digest)
    + answers.status(ed2k_scenes.FILE.digest, 3, b"\x05")
    + answers.no_file(ed2k_scenes.CONTROL),
    struct.pack("<BIB", 0xD4, len(_CLAIM) + 1, 0x93)
    + _CLAIM
    + answers.no_file(ed2k_scenes.CONTROL),
    answers.status(ed2k_scenes.FILE.digest)
    + answers.packet(answers.EMULE, 0x85, b"\x04key!")
    + answers.sources(ed2k_scenes.FILE.digest, answers.source(b"\xc6\x33\x64\x09"))
    + answers.sources(ed2k_scenes.CONTROL),
)


def mutated(data: bytes, random: Random) -> bytes:
    """The same with bits flipped, bytes taken out or put in, or cut short."""
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 5))):
        at = random.randrange(len(changed))
        match random.randrange(10):
            case 0:
                del changed[at + 1 :]
            case 1:
                changed[at:at] = random.randbytes(3)
            case 2 if len(changed) > 8:
                del changed[at : at + random.randrange(1, 4)]
            case _:
                changed[at] ^= 1 << random.randrange(8)
        changed = changed or bytearray(b"\0")
    return bytes(changed)


def test_two_readers_agree_on_whatever_a_client_sends() -> None:
    """The collector's codecs and the verifier's, which share no code, on broken conversations."""
    random, grades = Random(9), set()
    for number in range(400):
        answer = random.choice(ANSWERS)
        hello = mutated(HELLO, random) if number % 5 == 0 else HELLO
        rest = answer if number % 5 == 0 else mutated(answer, random)
        cut = random.randrange(len(rest) + 1)

        def respond(link: ClientLink, chunks: tuple[bytes, ...]) -> None:
            link.receive(chunks[0], 1.0)
            for at, chunk in enumerate(chunks[1:], 2):
                if link.statement is not None and chunk:  # before that it was asked nothing
                    link.receive(chunk, float(at))
            link.closed(9.0)

        chunks = (hello, rest[:cut], rest[cut:])
        scene = ed2k_scenes.scene(ed2k_scenes.asked(partial(respond, chunks=chunks)))
        grades.add(row_of(scene)["grade"])
        assert judged(scene).contradicted == (), (number, hello.hex(), rest.hex())
    assert grades == {"heard", "reached", "stated"}
