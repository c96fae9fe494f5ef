import ast

import pytest

from tests.architecture.rooms import Room, all_rooms, imports_of

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
    }
}
WORLD = {
    "asyncio",
    "socket",
    "ssl",
    "select",
    "selectors",
    "time",
    "threading",
    "secrets",
    "uvloop",
}


@pytest.fixture(params=all_rooms(), ids=lambda room: str(room.name))
def room(request: pytest.FixtureRequest) -> Room:
    found: Room = request.param
    return found


def test_a_room_can_say_only_what_it_lists(room: Room) -> None:
    assert {message for message in room.messages() if hasattr(message, "encode")} == room.says()


def test_what_a_room_says_is_what_was_agreed(room: Room) -> None:
    assert {message.__name__ for message in room.says()} == set(MAY_SAY[room.name])


def test_the_specification_of_a_room_lists_what_it_says(room: Room) -> None:
    page = (room.folder / "SPEC.md").read_text()
    assert not [name for name in MAY_SAY[room.name] if f"`{name}`" not in page]


def test_only_the_driver_touches_the_world(room: Room) -> None:
    assert not {
        str(path): touched
        for path in room.files(outside="driver")
        if (touched := imports_of(path) & WORLD)
    }


def test_only_the_driver_asks_the_clock_or_rolls_dice(room: Room) -> None:
    asked = {"now", "utcnow", "today", "urandom", "SystemRandom", "getrandbits"}
    for path in room.files(outside="driver"):
        calls = {
            node.attr
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Attribute)
        }
        assert not calls & asked, path


def test_a_room_holds_the_five_things(room: Room) -> None:
    for name in ("SPEC.md", "wire", "session", "observe.py", "driver"):
        assert (room.folder / name).exists(), name
