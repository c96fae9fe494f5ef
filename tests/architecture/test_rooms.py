"""What a room is, and that it can say only what it lists."""

import inspect
import re
from collections.abc import Callable
from types import ModuleType

import pytest

from tests.architecture.rooms import (
    SOURCE,
    Room,
    all_rooms,
    attributes_of,
    imports_of,
)

# Every message that a room can say, and what it tells the other side. A message that is not here
# has no encoder: whoever adds one changes this list, and answers for it.
MAY_SAY = {
    "bittorrent": {
        "GetPeers": "who have you heard to share this torrent? (and do not list me: ro=1)",
        "Handshake": "do you know this torrent?",
        "HaveNone": "I hold nothing",
        "ExtensionHandshake": "I listen to peer exchange (and metadata)",
        "MetadataRequest": "what are this torrent's file names, sizes and digests?",
        "PublicKey": "let us encrypt this link",
        "Offer": "do you know this torrent? (encrypted)",
        "Connect": "prove my address to yourself, tracker",
        "Scrape": "how many share this torrent, tracker?",
        "HttpScrape": "how many share this torrent, tracker?",
    },
    "edonkey": {
        "BootstrapReq": "who are you, Kad node, and whom do you know?",
        "Kademlia2Req": "which nodes do you know near this file's hash?",
        "SearchSourceReq": "who told you that they share the file with this hash?",
        "ObfuscatedDatagram": "one of these three, hidden from the network in between",
        "Hello": "I am a client that shares nothing; who are you?",
        "EmuleInfo": "and what kind of client?",
        "RequestFileName": "under which name do you share the file with this hash?",
        "SetReqFileId": "do you share it, and which of its parts?",
        "AichFileHashReq": "which AICH root do you have for it?",
        "RequestSources": "who else do you know to share it?",
        "SecIdentState": "show your public key",
        "ObfuscationRequest": "let us hide this link from the network in between",
        "LoginRequest": "I am a client that shares nothing, server",
        "GetSources": "who shares the file with this hash, server?",
        "GlobGetSources": "who shares the files with these hashes, server?",
    },
}
# A module-level function that writes a syntax is no message; what is written with it, is.
WRITES_SYNTAX = {"bittorrent": {"bencode.encode"}, "edonkey": {"tags.encode_tags"}}
# Named as their specifications name them, though a word in the name would say too much.
NAMED_BY_SPECIFICATION = {
    "SearchSourceReq": "KADEMLIA2_SEARCH_SOURCE_REQ looks for a hash; there is no search by words",
    "RequestFileName": "OP_REQUESTFILENAME requests a name, no part of a file",
    "RequestSources": "OP_REQUESTSOURCES requests addresses, no part of a file",
}
# What only somebody who fetches content, offers it or takes part in a swarm has to say.
NEVER_SAID = re.compile(
    r"announce|interested|^request|piece|publish|offer_?files|choke|download|upload|cancel|bitfield"
    r"|^have$|haveall|suggest|allowed|hash_?request|sample|search|block|chunk|want",
    re.IGNORECASE,
)
# What reaches out of the process, reads a clock or rolls dice.
WORLD = {
    *("asyncio", "socket", "ssl", "select", "selectors", "time", "threading", "uvloop"),
    *("secrets", "random", "multiprocessing", "subprocess", "signal", "concurrent", "os"),
    *("http", "urllib.request", "ctypes", "uuid"),
}
BROUGHT = {"random", "random.Random"}
ASKS_THE_WORLD = {
    *("now", "utcnow", "today", "time_ns", "monotonic", "perf_counter"),
    *("urandom", "SystemRandom", "uuid1", "uuid4", "getrandbits"),
}


@pytest.fixture(params=all_rooms(), ids=lambda room: str(room.name))
def room(request: pytest.FixtureRequest) -> Room:
    found: Room = request.param
    return found


def test_a_room_can_say_only_what_it_lists(room: Room) -> None:
    assert {message for message in room.messages() if hasattr(message, "encode")} == room.says()


def test_no_function_encodes_what_no_message_class_says(room: Room) -> None:
    assert {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in room.wire_modules()
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if defined_in(module, function) and name.lstrip("_").startswith("encode")
    } == WRITES_SYNTAX[room.name]


def defined_in(module: ModuleType, function: Callable[..., object]) -> bool:
    return function.__module__ == module.__name__


def test_what_a_room_says_is_what_was_agreed(room: Room) -> None:
    assert {message.__name__ for message in room.says()} == set(MAY_SAY[room.name])


def test_no_name_of_a_message_asks_for_content_or_offers_it(room: Room) -> None:
    names = {message.__name__ for message in room.says()} - set(NAMED_BY_SPECIFICATION)
    assert not [name for name in names if NEVER_SAID.search(name)]


def test_each_message_lists_itself_where_it_is_defined(room: Room) -> None:
    for module in room.wire_modules():
        for message in getattr(module, "SAYS", ()):
            assert message.__module__ == module.__name__


def test_the_specification_lists_exactly_what_the_room_says_and_where(room: Room) -> None:
    page = (room.folder / "SPEC.md").read_text()
    section = page.partition("\n## What we say\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| `wire/(\w+)\.py` \|", section, re.MULTILINE)
    assert sorted(rows) == sorted(
        (message.__name__, message.__module__.rpartition(".")[2]) for message in room.says()
    )


def test_bytes_for_the_wire_are_made_in_wire_alone(room: Room) -> None:
    for path in room.files(outside="wire"):
        assert not attributes_of(path) & {"pack", "pack_into"}, path
        assert not {name for name in imports_of(path) if name.endswith("wire.bencode")}, path


def test_only_the_driver_touches_the_world(room: Room) -> None:
    for path in room.files(outside="driver"):
        imported = imports_of(path)
        assert not {name for name in imported - BROUGHT if name in WORLD}, path
        # `Random` is the type of an argument; the module's own functions are one for all.
        assert {name for name in imported if name.startswith("random")} in (set(), BROUGHT), path


def test_only_the_driver_asks_the_clock_or_rolls_dice(room: Room) -> None:
    for path in room.files(outside="driver"):
        assert not attributes_of(path) & ASKS_THE_WORLD, path


def test_a_room_holds_the_five_things(room: Room) -> None:
    for name in ("SPEC.md", "wire", "session", "observe.py", "driver"):
        assert (room.folder / name).exists(), name


# A watch set is a file: kit/watch_file.py writes and maps it, and reads it as it is asked for.
def test_the_kit_touches_the_world_no_more_than_a_room_does() -> None:
    for path in (SOURCE / "networks" / "kit").glob("*.py"):
        allowed = BROUGHT | ({"os"} if path.name == "watch_file.py" else set())
        assert not imports_of(path) & WORLD - allowed, path
        assert not attributes_of(path) & ASKS_THE_WORLD, path
