"""The firm boundary, line by line (THREAT_MODEL.md): what Luzeiro never does."""

import ast
import re
import subprocess
from itertools import pairwise, product
from pathlib import Path

import pytest

from luzeiro.catalogue.models import Entry, Identifier, Torrent, TorrentFile, Vote
from luzeiro.networks.bittorrent.wire import peerwire
from luzeiro.networks.kit.errors import ContentSent
from luzeiro.observations.batch import SCHEMA
from luzeiro.observations.grade import Control, Grade, grade
from tests.architecture.rooms import SOURCE, all_rooms

REPOSITORY = SOURCE.parents[1]
# What only somebody who fetches content, offers it or takes part in a swarm has to say.
FORBIDDEN_WORDS = re.compile(
    r"announce|interested|^request|^piece$|publish|offer_?files|unchoke|download|upload|cancel",
    re.IGNORECASE,
)
# Published examples and constants; each is in the specification or standard named beside it.
KNOWN_CONSTANTS = {
    "d41d8cd98f00b204e9800998ecf8427e": "MD5 of nothing, RFC 1321",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709": "SHA-1 of nothing",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855": "SHA-256 of nothing",
    "31d6cfe0d16ae931b73c59d7e0c089c0": "MD4 of nothing, RFC 1320",
    # Example node ids of BEP 42.
    "5fbfbff10c5d6a4ec8a88e4c6ab4c28b95eee401": "BEP 42",
    "5a3ce9c14e7a08645677bbd1cfe7d8f956d53256": "BEP 42",
    "a5d43220bc8f112a3d426c84764f8c2a1150e616": "BEP 42",
    "1b0321dd1bb1fe518101ceef99462b947a01ff41": "BEP 42",
    "e56f6cbf5b7c4be0237986d5243b87aa6d51305a": "BEP 42",
    # The prime of message stream encryption, in three lines.
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74": "MSE 1.0",
    "020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437": "MSE 1.0",
    "4fe1356d6d51c245e485b576625e7ec6f44c42e9a63a36210000000000090563": "MSE 1.0",
}
_DIGEST = re.compile(  # of 16, 20 or 32 bytes
    r"(?<![0-9A-Za-z/+])[0-9a-fA-F]{32}(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{32})?(?![0-9A-Za-z])"
)
_TEXT = {".py", ".md", ".toml", ".yml", ".json", ".js", ".vec", ".csv", ".txt", ""}


def tracked() -> list[Path]:
    told = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, check=True
    ).stdout.decode()
    return [REPOSITORY / name for name in told.split("\0") if name]


def test_1_there_is_no_encoder_for_a_message_that_asks_for_content() -> None:
    for room in all_rooms():
        for message in room.says():
            assert not FORBIDDEN_WORDS.search(message.__name__), message


def test_1_a_piece_that_comes_unasked_is_refused_at_its_header() -> None:
    stream = peerwire.Stream()
    with pytest.raises(ContentSent):
        list(stream.feed(b"\x00\x01\x00\x09\x07"))  # 16 KiB follow; not one byte of them is here


def test_1_no_table_has_a_column_that_could_hold_content_or_a_file_name() -> None:
    columns = {
        field.column
        for model in (Entry, Identifier, Torrent, TorrentFile, Vote)
        for field in model._meta.local_fields
    }
    assert not columns & {"content", "data", "body", "thumbnail", "preview", "name", "path", "file"}
    assert not {"content", "thumbnail", "preview", "file"} & set(SCHEMA.names)


def test_2_no_function_announces_or_publishes() -> None:
    for path in (SOURCE / "networks").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                assert not re.match(
                    r"_?(announce|publish|offer_files)", node.name, re.IGNORECASE
                ), path


def test_2_the_words_of_an_announce_are_in_no_message() -> None:
    for path in (SOURCE / "networks").rglob("*.py"):
        constants = {
            node.value
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Constant) and isinstance(node.value, bytes)
        }
        assert not constants & {b"announce_peer", b"implied_port", b"event", b"uploaded"}, path


def test_3_nothing_searches_by_words() -> None:
    for path in SOURCE.rglob("*.py"):
        text = path.read_text()
        assert not re.search(r"__i?contains\s*=|__search\s*=|\bILIKE\b|SearchVector|fts5", text), (
            path
        )


def test_5_hearsay_alone_never_makes_a_statement() -> None:
    for holds_some, control in product((True, False), Control):
        assert grade(answered=False, holds_some=holds_some, control=control) is Grade.HEARD


@pytest.mark.parametrize(
    "path", tracked(), ids=lambda path: path.relative_to(REPOSITORY).as_posix()
)
def test_4_the_repository_holds_no_identifier_that_could_be_real(path: Path) -> None:
    if path.suffix not in _TEXT or path.name in (
        "requirements.lock",
        "package-lock.json",
        "LICENSE",
    ):
        pytest.skip("not a text of ours")
    text = path.read_text("utf-8", "replace")
    if path.suffix == ".vec":  # captured bytes: of a specification, or of clients in our own lab
        assert re.match(r"source: (BEP \d+|\w+ [\d.]+)", text), path
        return
    for found in _DIGEST.findall(text):
        # An invented digest shows that it is one: few different digits, or a run.
        assert found.lower() in KNOWN_CONSTANTS or invented(found), found


def invented(digest: str) -> bool:
    """Whether a digest is plainly made up: half of it one repeated pair, or one even step."""
    pairs = [int(digest[place : place + 2], 16) for place in range(0, len(digest), 2)]
    steps = [(after - before) % 256 for before, after in pairwise(pairs)]
    return any(max(map(values.count, values)) >= len(values) // 2 for values in (pairs, steps))
