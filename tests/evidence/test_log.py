from pathlib import Path
from random import Random

import pytest

from luzeiro.evidence import durable
from luzeiro.evidence.log import Log, LogError, checkpoint_text
from luzeiro.evidence.merkle import MerkleTree
from luzeiro.evidence.signer import Signer
from luzeiro.evidence.verifier.merkle import check_consistency, check_inclusion, leaf_hash
from luzeiro.evidence.verifier.notes import (
    COSIGNATURE,
    NoteError,
    parse_checkpoint,
    parse_note,
    parse_proof,
)

SIGNER = Signer("log.example/one", b"l" * 32)
WITNESS = Signer("witness.example/w", b"w" * 32, COSIGNATURE)


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path / "log", SIGNER.key)


def grown(log: Log, count: int, *, seed: int = 1, at_once: int = 300) -> list[bytes]:
    random, entries = Random(seed), list[bytes]()
    while len(entries) < count:
        few = random.randint(1, min(at_once, count - len(entries)))
        fresh = [random.randbytes(20) for _ in range(few)]
        assert log.append(fresh, SIGNER) == len(entries)
        entries += fresh
    return entries


def test_a_log_that_grows_in_steps_is_the_tree_over_its_entries(log: Log) -> None:
    entries = grown(log, 1100)
    tree = MerkleTree([leaf_hash(one) for one in entries])
    assert (log.head().size, log.head().root) == (1100, tree.root)
    assert [one for _, one in log.reader().entries()] == entries
    for index in range(0, 1100, 7):
        proof = parse_proof(log.proof(index))
        head = parse_checkpoint(proof.checkpoint.text)
        assert list(proof.path) == tree.inclusion_path(index)
        check_inclusion(index, head.size, leaf_hash(entries[index]), proof.path, head.root)


def test_every_earlier_size_is_proven_to_begin_a_later_one(log: Log) -> None:
    grown(log, 600)
    reader = log.reader()
    for old in (0, 1, 2, 3, 255, 256, 257, 300, 511, 512, 599, 600):
        for size in (old, 513, 600):
            if old <= size:
                path = reader.consistency_path(old, size)
                check_consistency(old, reader.root(old), size, reader.root(size), path)


def test_partial_tiles_are_dropped_once_full_ones_are_there(log: Log) -> None:
    grown(log, 300, at_once=40)
    partial = sorted(path.name for path in log.folder.glob("tile/0/*.p"))
    assert partial == ["001.p"]


def test_an_empty_log_has_a_head_and_no_proofs(log: Log) -> None:
    assert log.head().size == 0
    assert log.checkpoint() is None
    with pytest.raises(LogError, match="no entry 0"):
        log.proof(0)


def test_what_a_crash_left_beyond_the_checkpoint_is_written_over(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    grown(log, 10)

    def power_cut(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(durable, "put", power_cut)
        with pytest.raises(SystemExit):
            log.append([b"never signed"] * 300, SIGNER)
    assert log.head().size == 10
    log.append([b"signed"], SIGNER)
    assert log.reader().entry(10) == b"signed"
    assert log.head().size == 11


def test_a_log_whose_tiles_were_changed_signs_nothing_more(log: Log) -> None:
    grown(log, 10)
    tile = log.folder / "tile/0/000.p/10"
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
    with pytest.raises(LogError, match="were changed"):
        log.append([b"more"], SIGNER)
    assert log.head().size == 10


def test_a_checkpoint_of_another_key_or_log_is_refused(log: Log) -> None:
    grown(log, 3)
    text = checkpoint_text("log.example/one", 3, bytes(32))
    for signed in (
        Signer("log.example/one", b"x" * 32).sign(text),
        SIGNER.sign(text.replace("one", "two")),
    ):
        (log.folder / "checkpoint").write_bytes(signed)
        with pytest.raises(LogError, match="Restore it"):
            log.head()


def test_cosignatures_of_known_witnesses_are_kept_and_no_others(log: Log) -> None:
    grown(log, 3)
    raw = log.checkpoint() or b""
    stranger = Signer("stranger.example/s", b"s" * 32, COSIGNATURE)
    note = parse_note(raw)
    cosigned = raw + (WITNESS.cosign(note, 5) + stranger.cosign(note, 6)).encode()
    assert log.add_cosignatures(cosigned, [WITNESS.key]) == [WITNESS.name]
    assert log.add_cosignatures(cosigned, [WITNESS.key]) == []
    names = [one.name for one in parse_note(log.checkpoint() or b"").signatures]
    assert names == [SIGNER.name, WITNESS.name]
    assert log.head().size == 3


def test_a_cosignature_of_another_head_or_that_is_not_good_is_refused(log: Log) -> None:
    grown(log, 3)
    old = log.checkpoint() or b""
    bad = WITNESS.cosign(parse_note(old), 5).replace("A", "B", 1)
    log.append([b"one more"], SIGNER)
    with pytest.raises(NoteError, match="newest"):
        log.add_cosignatures(old, [WITNESS.key])
    with pytest.raises(NoteError):
        log.add_cosignatures((log.checkpoint() or b"") + bad.encode(), [WITNESS.key])


def test_an_entry_that_is_too_long_is_refused_and_nothing_is_changed(log: Log) -> None:
    grown(log, 3)
    with pytest.raises(ValueError, match="at most"):
        log.append([b"x" * 65536], SIGNER)
    assert log.head().size == 3
    log.append([b"y"], SIGNER)
