"""The firm boundary, line by line (THREAT_MODEL.md): what Luzeiro never does."""

import base64
import re
from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from itertools import pairwise, product
from pathlib import Path
from random import Random

import pytest
from django.apps import apps
from django.db.models import BinaryField, CharField, FileField, TextField
from hypothesis import given
from hypothesis import strategies as st
from typer.main import get_command

from luzeiro.catalogue.models import Entry
from luzeiro.cli.app import app
from luzeiro.cli.home import Home
from luzeiro.collector.match import watched_only
from luzeiro.networks.bittorrent.observe import PeerTurn, observe
from luzeiro.networks.bittorrent.session.dht import DhtClient, DhtSettings
from luzeiro.networks.bittorrent.session.link import LinkChance, LinkPlan, LinkSettings, PeerLink
from luzeiro.networks.bittorrent.session.scrape import ScrapeCounts, UdpScrape
from luzeiro.networks.bittorrent.watch import WHOLE_TORRENT
from luzeiro.networks.bittorrent.wire import bencode, peerwire
from luzeiro.networks.bittorrent.wire.tracker import HttpScrape
from luzeiro.networks.edonkey.session.kad import KadClient, KadSettings
from luzeiro.networks.edonkey.session.link import ClientLink
from luzeiro.networks.edonkey.session.link import LinkChance as Ed2kChance
from luzeiro.networks.edonkey.session.link import LinkPlan as Ed2kPlan
from luzeiro.networks.edonkey.session.link import LinkSettings as Ed2kSettings
from luzeiro.networks.edonkey.session.server import ServerLink, ServerSettings
from luzeiro.networks.edonkey.wire.client import LIMITS
from luzeiro.networks.edonkey.wire.kad import Contact
from luzeiro.networks.edonkey.wire.packet import CONTENT, PacketStream
from luzeiro.networks.kit.budgets import RateBudget
from luzeiro.networks.kit.errors import ContentSent
from luzeiro.networks.kit.tally import Tally
from luzeiro.observations.batch import SCHEMA
from luzeiro.observations.exchange import Purpose
from luzeiro.observations.grade import Control, Grade, grade
from luzeiro.observations.identifiers import Identifier, IdentifierKind
from luzeiro.observations.record import Witness
from tests.architecture.repository import texts
from tests.architecture.rooms import SOURCE, attributes_of, imports_of, words_of
from tests.networks.edonkey.answers import hello_answer
from tests.networks.edonkey.answers import packet as ed2k_packet
from tests.networks.edonkey.answers import spoken as ed2k_spoken
from tests.observations.examples import AT, BTIH, NODE, PEER, observation

INFOHASH = b"\x11" * 20
FILE = b"\x11" * 16

# 1. Content.


EVERY_BIT = b"\xff" * 8  # a peer that offers every extension there is
HAVE_NONE, EXTENDED = 15, 20
NUMBERS: bencode.Encodable = {b"ut_metadata": 3, b"ut_pex": 4, b"ut_holepunch": 5}


def spoken(said: bytes) -> list[int]:
    """The ids of the messages in a stream: an independent reading, by BEP 3."""
    ids = []
    while said:
        length = int.from_bytes(said[:4], "big")
        ids.append(said[4])
        said = said[4 + length :]
    return ids


@given(
    st.lists(st.tuples(st.integers(0, 255).filter(lambda number: number != 7), st.binary())),
    st.booleans(),
)
def test_1_whatever_a_peer_says_it_hears_no_request_and_no_offer(
    messages: list[tuple[int, bytes]], want_metadata: bool
) -> None:
    plan = LinkPlan(Purpose.STATEMENT, INFOHASH, encrypted=False, want_metadata=want_metadata)
    link = PeerLink(plan, LinkChance(b"o" * 20), LinkSettings(), 0.0)
    said = link.opened(0.0)
    said += link.receive(peerwire.Handshake(INFOHASH, b"t" * 20, EVERY_BIT).encode(), 0.0)
    hello = bencode.encode({b"m": NUMBERS, b"metadata_size": 40_000})
    for number, payload in [(1, b""), (5, b"\xff"), (EXTENDED, b"\0" + hello), *messages]:
        framed = (1 + len(payload)).to_bytes(4, "big") + bytes([number]) + payload
        said += link.receive(framed, 0.0)
    assert said[:20] == b"\x13BitTorrent protocol"
    asked_for_metadata = [EXTENDED] if want_metadata else []
    assert spoken(said[68:]) == [HAVE_NONE, EXTENDED, *asked_for_metadata]


def test_1_a_piece_that_comes_unasked_is_refused_at_its_header() -> None:
    stream = peerwire.Stream()
    with pytest.raises(ContentSent):
        list(stream.feed(b"\x00\x01\x00\x09\x07"))  # 64 KiB follow; not one byte of them is here


@given(st.lists(st.tuples(st.sampled_from([0xE3, 0xC5]), st.integers(0, 255), st.binary())))
def test_1_whatever_a_client_says_it_hears_questions_by_hash_and_no_request(
    packets: list[tuple[int, int, bytes]],
) -> None:
    control = b"\xc0" * 16
    chance = Ed2kChance(b"u" * 16, False, bytes(4), 0x77, b"", bytes(4))
    link = ClientLink(Ed2kPlan(FILE, control), chance, Ed2kSettings(), 0.0)
    said = link.opened(0.0) + link.receive(hello_answer(secure_identification=3), 0.0)
    for protocol, opcode, body in packets:
        said += link.receive(ed2k_packet(protocol, opcode, body), 0.0)
    asked = ed2k_spoken(said)
    assert {(one[0], one[1]) for one in asked} <= {
        *((0xE3, 0x01), (0xC5, 0x01)),  # who are you?
        *((0xE3, 0x58), (0xE3, 0x4F), (0xC5, 0x9E), (0xC5, 0x81)),  # name, parts, root, sources
        (0xC5, 0x87),  # show your key
    }
    assert {one[2] for one in asked if one[1] in (0x58, 0x4F, 0x9E)} <= {FILE, control}
    assert len(asked) <= 10


@pytest.mark.parametrize(("protocol", "opcode"), sorted(CONTENT))
def test_1_a_part_of_a_file_that_comes_unasked_is_refused_at_its_header(
    protocol: int, opcode: int
) -> None:
    header = bytes([protocol]) + (180_000).to_bytes(4, "little") + bytes([opcode])
    with pytest.raises(ContentSent):
        list(PacketStream(LIMITS).feed(header))  # not one byte of it is here


def test_1_no_table_has_a_column_that_could_hold_content_or_a_file_name() -> None:
    for model in apps.get_app_config("catalogue").get_models():
        for field in model._meta.local_fields:
            assert not isinstance(field, FileField | TextField), field
            if isinstance(field, BinaryField | CharField):
                assert field.max_length is not None, field
                assert field.max_length <= 255, field
    entry = {field.column for field in Entry._meta.local_fields}
    assert not entry & {"content", "data", "body", "thumbnail", "preview", "name", "path", "file"}


def test_1_a_sighting_has_no_column_for_content() -> None:
    # What has no fixed width, and what it is. A new one is a question for this list.
    assert {field.name for field in SCHEMA if str(field.type) in ("binary", "string")} == {
        *("software", "watch_revision", "network", "port_kind", "opened_by", "clock_source"),
        *("identifier_kind", "identifier", "name", "completeness_bound", "role", "client"),
        *("grade", "control"),
        "exchange",  # the raw exchange, cut where content begins (session/link.py)
    }


def test_1_no_folder_is_made_for_content() -> None:
    assert {name for name in vars(Home) if isinstance(getattr(Home, name), property)} == {
        *("marker", "catalogue", "matching", "watch", "spool", "segments", "store"),
        *("collector", "hub", "admitted", "places"),
    }


def test_1_nothing_can_render_an_image_or_a_film() -> None:
    shows = {"PIL", "cv2", "imageio", "av", "ffmpeg", "wand", "magic", "webbrowser", "tkinter"}
    for path in SOURCE.rglob("*.py"):
        assert not imports_of(path) & shows, path


# 2. Advertising.


def test_2_the_dht_client_asks_get_peers_and_answers_nobody() -> None:
    client = DhtClient(
        [NODE.compact], us=b"u" * 20, settings=DhtSettings(), random=Random(1), tally=Tally()
    )
    client.start(INFOHASH)
    said = [data for data, _ in client.to_send(0.0, 0)]
    for method in (b"ping", b"find_node", b"get_peers", b"announce_peer", b"sample_infohashes"):
        arguments: dict[bytes, bencode.Encodable] = {b"id": b"n" * 20, b"info_hash": INFOHASH}
        query = {b"a": arguments, b"q": method, b"t": b"aa", b"y": b"q"}
        client.receive(bencode.encode(query), NODE.compact, 0.1, 0)
    said += [data for data, _ in client.to_send(0.1, 0)]
    (query_said,) = said
    told = bencode.decode_dict(query_said, spec="BEP 5")
    assert (told.bytes_at(b"y"), told.bytes_at(b"q"), told.int_at(b"ro")) == (b"q", b"get_peers", 1)
    assert set(told.dict_at(b"a").values) == {b"id", b"info_hash"}


def test_2_a_udp_tracker_hears_connect_and_scrape() -> None:
    counts: list[ScrapeCounts] = []
    scrape = UdpScrape(
        [INFOHASH], counts, random=Random(1), budget=RateBudget(9, 9), patience_s=1000.0
    )
    actions, now = set(), 0.0
    while not scrape.over:
        if said := scrape.to_send(now):
            action = int.from_bytes(said[8:12], "big")
            actions.add(action)
            if len(actions) == 1:
                scrape.receive(b"\0\0\0\0" + said[12:16] + bytes(8), now, 0)
        now = max(now, scrape.deadline())
    assert actions == {0, 2}


def test_2_a_kad_node_hears_questions_alone_and_nobody_is_answered() -> None:
    contact = Contact(FILE, b"\x0b\0\1\1\x12\x40", 4662, 8)
    client = KadClient([], [contact], settings=KadSettings(), random=Random(1), tally=Tally())
    client.start(FILE, 5)
    said = [data for data, _ in client.to_send(0.0, 0)]
    for opcode in range(256):
        client.receive(b"\xe4" + bytes([opcode]) + bytes(40), contact.address, 0.1, 0)
    nothing_near = b"\xe4\x29" + b"\x11" * 16 + b"\0"
    client.receive(nothing_near, contact.address, 0.1, 0)
    said += [data for data, _ in client.to_send(0.1, 0)]
    assert [data[:2] for data in said] == [b"\xe4\x21", b"\xe4\x34"]


def test_2_an_ed2k_server_hears_a_log_in_that_offers_nothing_and_questions() -> None:
    link = ServerLink(b"u" * 16, ServerSettings(), 0.0)
    said = link.opened(0.0) + link.receive(ed2k_packet(0xE3, 0x40, bytes(8)), 0.0)
    said += link.ask(FILE, 5, 0.0) or b""
    (log_in, question) = ed2k_spoken(said)
    assert (log_in[1], question[1]) == (0x01, 0x19)
    assert log_in[2][16:22] == bytes(6)  # no id, no port: nobody is to call us


def test_2_an_http_tracker_hears_infohashes_and_nothing_else() -> None:
    line = HttpScrape("http://192.0.2.1/scrape", (INFOHASH,)).encode().split(b"\r\n")[0]
    assert re.fullmatch(rb"GET /scrape\?info_hash=(%11){20} HTTP/1\.1", line)


def test_2_the_words_of_an_announce_are_nowhere_in_what_is_said() -> None:
    words = re.compile(
        r"announce_peer|implied_port|sample_infohashes|(?:^|[?&])(?:event|port|peer_id|left"
        r"|uploaded|numwant|compact)="
    )
    for path in (SOURCE / "networks").rglob("*.py"):
        assert not [word for word in words_of(path) if words.search(word)], path


def test_2_nobody_can_open_a_link_to_us() -> None:
    listens = {"listen", "accept", "start_server", "create_server", "create_unix_server"}
    for path in SOURCE.rglob("*.py"):
        assert not attributes_of(path) & listens, path


# What speaks to machines of our own side, which are no part of any peer-to-peer network.
SPEAKS_TO_OURS = {
    "collector/uploader.py": "sends segments to the hub that it enrolled with",
    "hub/server.py": "takes them",
    "evidence/stamp.py": "asks a time stamp authority about the log's head",
}


def test_2_the_one_server_is_the_store_s_owner_on_a_unix_socket() -> None:
    serves = {"socketserver", "http.server", "socketserver.ThreadingUnixStreamServer"}
    found = {path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*.py")
             if imports_of(path) & serves}  # fmt: skip
    assert found == {"sightings/driver/owner.py"}
    kinds = attributes_of(SOURCE / "sightings" / "driver" / "owner.py")
    assert {name for name in kinds if name.endswith("Server")} == {"ThreadingUnixStreamServer"}


def test_2_nothing_but_a_driver_carries_bytes_to_the_network() -> None:
    carries = {"sendto", "sendall", "open_connection", "create_connection", "urlopen"}
    for path in SOURCE.rglob("*.py"):
        ours = path.relative_to(SOURCE).as_posix() in SPEAKS_TO_OURS
        if "driver" not in path.parts and not ours:
            assert not (attributes_of(path) | imports_of(path)) & carries, path
            assert not imports_of(path) & {"ssl", "http.client", "urllib.request.urlopen"}, path


# 3. Searching.


def test_3_no_question_to_a_store_searches_by_words() -> None:
    asks = re.compile(
        r"__i?contains|__search|__i?regex|__i?startswith|\bI?LIKE\b|\bMATCH\b|SearchVector|fts5"
        r"|multiSearch|hasToken|positionCaseInsensitive|ngram",
        re.IGNORECASE,
    )
    for path in SOURCE.rglob("*.py"):
        names = attributes_of(path) | set(words_of(path))
        # "match" alone is what a regular expression does to a line of a list.
        assert not [name for name in names if asks.search(name) and name != "match"], path


def test_3_no_command_takes_words_to_look_for() -> None:
    def options(command: object, of: str) -> Iterator[str]:
        for parameter in getattr(command, "params", ()):
            yield from (f"{of} {name}" for name in (*parameter.opts, parameter.name))
        for name, below in getattr(command, "commands", {}).items():
            yield from options(below, f"{of} {name}")

    told = list(options(get_command(app), "luzeiro"))
    assert "luzeiro sightings list --grade" in told
    words = re.compile(r"\b-*(name|search|query|keywords?|words?|text|title|like|contains)$")
    assert not [one for one in told if words.search(one)]


# 4. Shipping lists.

# Published examples and constants; each is in the specification or standard named beside it.
KNOWN_CONSTANTS = {
    "d41d8cd98f00b204e9800998ecf8427e": "MD5 of nothing, RFC 1321",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709": "SHA-1 of nothing",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855": "SHA-256 of nothing",
    "31d6cfe0d16ae931b73c59d7e0c089c0": "MD4 of nothing, RFC 1320",
    # The prime of message stream encryption, in three lines.
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74": "MSE 1.0",
    "020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437": "MSE 1.0",
    "4fe1356d6d51c245e485b576625e7ec6f44c42e9a63a36210000000000090563": "MSE 1.0",
}
KNOWN_ADDRESSES = {
    "97.120.106.101": "BEP 5: the example's `axje.u`, read as an address",
    "105.100.104.116": "BEP 5: the example's `idhtnm`, read as an address",
    **dict.fromkeys(
        ("124.31.75.21", "21.75.31.124", "65.23.51.170", "84.124.73.14", "43.213.53.83"),
        "BEP 42: the examples of node ids",
    ),
    # Next to a network that is not routed: where it ends.
    **dict.fromkeys(("172.15.255.255", "172.32.0.0", "192.0.3.1", "192.167.1.1"), "RFC 1918 ends"),
    "2001::": "RFC 4380: Teredo's prefix",
    "2002::": "RFC 3056: 6to4's prefix",
    "2.5.5.2": "RFC 4291, section 2.5.5.2: no address at all",
    **dict.fromkeys(("2.1.3.1", "2.1.3.2", "2.1.4.1", "2.1.4.2"), "RFC 9162: sections too"),
    "45.0.0.0": "the lab's network, below",
}
NOBODYS_NETWORKS = (
    *map(IPv4Network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")),  # RFC 5737
    *map(IPv4Network, ("127.0.0.0/8", "0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3")),
    *map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")),  # RFC 1918
    IPv4Network("100.64.0.0/10"),  # RFC 6598
    *map(IPv6Network, ("2001:db8::/32", "3fff::/20")),  # RFC 3849, RFC 9637
    *map(IPv6Network, ("::/8", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8")),
)
# The lab gives clients addresses that look public, in namespaces with no way out of the machine.
LAB_NETWORKS = (IPv4Network("45.0.0.0/8"),)
DIGEST = re.compile(  # of 16, 20 or 32 bytes; one of 24 (TTH) is written in base 32
    r"(?<![0-9A-Za-z/+])[0-9a-fA-F]{32}(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{32})?(?![0-9A-Za-z])"
)
DIGEST_BASE32 = re.compile(r"(?<![0-9A-Za-z/+=])(?:[A-Z2-7]{32}|[A-Z2-7]{39})(?![0-9A-Za-z=])")
ADDRESS = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\w)")
ADDRESS_V6 = re.compile(r"(?<![\w:.])(?=[^:]*:[^:]*:)[0-9a-fA-F:]{3,39}(?![\w:])")


def test_4_the_repository_holds_no_identifier_that_could_be_real() -> None:
    found = [
        (name, digest.lower())
        for name, text in texts(of_others=False)
        for digest in (*DIGEST.findall(text), *map(as_hex, DIGEST_BASE32.findall(text)))
    ]
    assert [one for one in found if one[1] not in KNOWN_CONSTANTS and not invented(one[1])] == []


def as_hex(base32: str) -> str:
    return base64.b32decode(base32 + "=" * (-len(base32) % 8)).hex()


def invented(digest: str) -> bool:
    """Whether a digest is plainly made up: half of it one repeated pair, or one even step."""
    pairs = [int(digest[place : place + 2], 16) for place in range(0, len(digest), 2)]
    steps = [(after - before) % 256 for before, after in pairwise(pairs)]
    return any(max(map(values.count, values)) >= len(values) // 2 for values in (pairs, steps))


@pytest.mark.parametrize("digest", ["00" * 20, bytes(range(32)).hex(), "ab" * 10 + "cd12" * 5])
def test_4_what_shows_that_it_is_invented_is_allowed(digest: str) -> None:
    assert invented(digest)


def test_4_a_digest_like_any_other_is_not_taken_for_invented() -> None:
    assert not any(invented(digest) for digest in KNOWN_CONSTANTS)
    assert not any(invented(Random(seed).randbytes(20).hex()) for seed in range(1000))


def test_4_the_repository_holds_no_address_that_could_be_somebodys() -> None:
    found = {
        (name, host)
        for name, text in texts(of_others=False)
        for host in (*ADDRESS.findall(text), *ADDRESS_V6.findall(text))
        if host not in KNOWN_ADDRESSES and not nobodys(name, host)
    }
    assert found == set()


def nobodys(name: str, host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return True  # a version, an outline number or a time of day
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    lab = LAB_NETWORKS if name.startswith(("lab/", "tests/lab/")) else ()
    return any(address in network for network in (*NOBODYS_NETWORKS, *lab))


def test_4_an_address_like_any_other_is_not_taken_for_nobodys() -> None:
    elsewhere = ".".join(map(str, (45, 9, 9, 9)))
    assert not nobodys("tests/a.py", elsewhere)
    assert nobodys("lab/a.py", elsewhere)
    assert not nobodys("lab/a.py", ":".join(("2a00", "1450", "", "1")))


# 5. Accusing.


def test_5_only_an_answer_about_this_file_and_a_refused_control_make_a_statement() -> None:
    every = list(product((True, False), (True, False), Control))
    assert len(every) == 16
    graded = {case: grade(answered=case[0], holds_some=case[1], control=case[2]) for case in every}
    assert [case for case, given in graded.items() if given.rank >= Grade.STATED.rank] == [
        (True, True, Control.REFUSED)
    ]


def test_5_hearsay_alone_never_makes_a_statement() -> None:
    for holds_some, control in product((True, False), Control):
        assert grade(answered=False, holds_some=holds_some, control=control) is Grade.HEARD


def test_5_a_thousand_witnesses_are_still_hearsay() -> None:
    witnesses = tuple(Witness(NODE, "dht", AT, bytes(20)) for _ in range(1000))
    (seen,) = observe(PeerTurn(PEER, BTIH, witnesses, (), 0, None), [WHOLE_TORRENT], 10)
    assert (seen.grade, seen.completeness, seen.own) == (Grade.HEARD, None, None)


def test_5_a_collector_cannot_claim_that_a_sighting_is_corroborated() -> None:
    with pytest.raises(ValueError, match="never claims"):
        observation(grade=Grade.CORROBORATED)


# 6. Keeping the rest.


@given(
    st.sampled_from([IdentifierKind.BTIH, IdentifierKind.SHA1]), st.binary(min_size=20, max_size=20)
)
def test_6_what_is_not_watched_is_not_kept(kind: IdentifierKind, digest: bytes) -> None:
    seen = observation(identifier=Identifier(kind, digest))
    watched = Identifier(kind, digest) == BTIH
    assert watched_only([seen], [BTIH], Tally()) == ([seen] if watched else [])


def test_6_the_collector_keeps_what_the_match_lets_through_and_nothing_else() -> None:
    run = Path(SOURCE / "collector" / "run.py").read_text()
    assert len(re.findall(r"self\._keep\(", run)) == 1
    assert re.search(r"self\._keep\(\s*watched_only\(", run)
