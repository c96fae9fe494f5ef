from dataclasses import replace

import pytest

from luzeiro.networks.edonkey.observe import KEY, USER_HASH, SharerTurn, observe
from luzeiro.networks.edonkey.session.heard import HeardSource, Telling, ToldSource, by_address
from luzeiro.networks.edonkey.session.inquiry import Inquiry
from luzeiro.networks.edonkey.session.statement import Statement
from luzeiro.networks.edonkey.watch import PART_BYTES, WatchedEd2kFile
from luzeiro.networks.edonkey.wire.client import (
    FileName,
    FileReqAnsNoFil,
    FileStatus,
    HelloAnswer,
    PublicKey,
)
from luzeiro.observations import exchange
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.exchange import Purpose, Transcript
from luzeiro.observations.grade import Control, Grade
from luzeiro.observations.record import OpenedBy, Role, UserId

FILE = WatchedEd2kFile(b"\x11" * 16, 3 * PART_BYTES - 5)
PEER, OWN = Endpoint.parse("192.0.2.7", 4662), Endpoint.parse("198.51.100.1", 5000)
HASH = bytes(5) + b"\x0e" + bytes(8) + b"\x6f" + bytes(1)
INDEX = Transcript(Purpose.INDEX, "udp", "", "203.0.113.1:4672", ())
LINK = Transcript(Purpose.STATEMENT, "tcp", str(OWN), str(PEER), ())


def telling(number: int = 1) -> Telling:
    teller = Endpoint.parse("203.0.113.1", number)
    return Telling(teller, "kad", 1_000_000 + number, 900_000, INDEX, b"n" * 16)


def heard(*told: ToldSource) -> HeardSource:
    told = told or (ToldSource(PEER.compact, HASH, 0, FILE.size_bytes),)
    (source,) = by_address((one, telling(number)) for number, one in enumerate(told, 1))
    return source


def stated(
    *answers: FileName | FileStatus | FileReqAnsNoFil,
    user_hash: bytes = HASH,
    control: Control = Control.REFUSED,
    key: bytes | None = None,
) -> Inquiry:
    statement = Statement(HelloAnswer(user_hash, 0, 4662, {}, bytes(6)), 2_000_000)
    for answer in answers:
        statement.hear(answer, 3_000_000)
    if key is not None:
        statement.note(PublicKey(key))
    return Inquiry(
        remote=PEER,
        own=OWN,
        started_at_us=1_500_000,
        transcripts=(LINK,),
        statement=statement,
        control=control,
        sources=(),
        fault=None,
        doubts=(),
    )


WHOLE, PART = FileStatus(FILE.digest, 0, b""), FileStatus(FILE.digest, 3, b"\x03")


def test_hearsay_is_heard_with_its_witnesses_and_their_bytes() -> None:
    seen = observe(SharerTurn(heard(), None), FILE)
    assert (seen.network, seen.remote, seen.grade) == ("edonkey", PEER, Grade.HEARD)
    assert (seen.opened_by, seen.own, seen.completeness) == (OpenedBy.NOBODY, None, None)
    assert seen.user_ids == (UserId(USER_HASH, HASH, durable=True),)
    assert seen.size_bytes == FILE.size_bytes
    (witness,) = seen.told_by
    assert (witness.means, witness.node_id) == ("kad", b"n" * 16)
    assert exchange.decode(seen.exchange) == (INDEX,)


def test_a_statement_with_a_refused_control_is_stated() -> None:
    seen = observe(SharerTurn(heard(), stated(FileName(FILE.digest, b"a.bin"), WHOLE)), FILE)
    assert (seen.grade, seen.control, seen.completeness) == (Grade.STATED, Control.REFUSED, 100.0)
    assert (seen.role, seen.name, seen.client) == (Role.SHARING_WHOLE, "a.bin", "eDonkey 0")
    assert (seen.opened_by, seen.own, seen.doubts) == (OpenedBy.US, OWN, ())
    assert seen.seen_at.timestamp() == 3.0
    assert exchange.decode(seen.exchange) == (INDEX, LINK)


@pytest.mark.parametrize("control", [Control.ECHOES_ANYTHING, Control.UNANSWERED])
def test_without_a_refusal_a_claim_is_no_higher_than_reached(control: Control) -> None:
    seen = observe(SharerTurn(heard(), stated(WHOLE, control=control)), FILE)
    assert (seen.grade, seen.completeness) == (Grade.REACHED, 100.0)


@pytest.mark.parametrize(
    ("answers", "role", "share"),
    [
        ((PART,), Role.DOWNLOADING_PART, 200 / 3),
        ((FileStatus(FILE.digest, 3, b"\x00"),), Role.HOLDING_NONE, 0.0),
        ((FileReqAnsNoFil(FILE.digest),), Role.HOLDING_NONE, None),
        ((), Role.UNKNOWN, None),
    ],
)
def test_what_is_said_of_parts_makes_the_role(
    answers: tuple[FileStatus], role: Role, share: float | None
) -> None:
    seen = observe(SharerTurn(heard(), stated(*answers)), FILE)
    assert (seen.role, seen.completeness) == (role, share)
    assert (seen.grade is Grade.STATED) == bool(share)


def test_a_key_that_is_shown_is_recorded_beside_the_user_hash() -> None:
    seen = observe(SharerTurn(heard(), stated(WHOLE, key=b"key")), FILE)
    assert [(one.kind, one.value) for one in seen.user_ids] == [(USER_HASH, HASH), (KEY, b"key")]


def test_a_user_hash_of_no_known_form_is_not_durable_and_a_doubt() -> None:
    seen = observe(SharerTurn(heard(), stated(WHOLE, user_hash=b"\x22" * 16)), FILE)
    assert not seen.user_ids[0].durable
    assert seen.doubts == (
        "user hash of no known form",
        "user hash differs from the one told",
    )


def test_a_part_map_that_does_not_fit_is_a_doubt() -> None:
    seen = observe(SharerTurn(heard(), stated(FileStatus(FILE.digest, 9, b"\xff\1"))), FILE)
    assert (seen.grade, seen.doubts) == (Grade.REACHED, ("part map does not fit the size",))


def test_a_firewalled_sharer_is_kept_with_the_path_to_it() -> None:
    path = "firewalled: reached through its buddy 203.0.113.9:4672"
    seen = observe(SharerTurn(heard(ToldSource(PEER.compact, HASH, 0, None, path)), None), FILE)
    assert (seen.grade, seen.remote, seen.doubts) == (Grade.HEARD, PEER, (path,))
    low = ToldSource(bytes(6), None, 0, None, "firewalled: LowID 7 of server 203.0.113.9:4661")
    unknown = observe(SharerTurn(heard(low), None), FILE)
    assert (unknown.remote.host, unknown.doubts[1]) == ("0.0.0.0", "address unknown")


def test_indexes_that_disagree_are_a_doubt() -> None:
    one = ToldSource(PEER.compact, HASH, 0, 5)
    seen = observe(SharerTurn(heard(one, replace(one, user_hash=b"\x22" * 16, size_bytes=6)), None),
                   FILE)  # fmt: skip
    assert seen.doubts == ("told under several user hashes",)
    assert (seen.size_bytes, len(seen.user_ids)) == (None, 2)


def test_a_link_that_failed_is_told_with_its_fault() -> None:
    inquiry = replace(stated(), statement=None, control=Control.NOT_ASKED, fault="silent")
    seen = observe(SharerTurn(heard(), inquiry), FILE)
    assert (seen.grade, seen.doubts) == (Grade.HEARD, ("link: silent",))


def test_a_long_name_is_cut_and_bad_utf_8_is_shown_as_such() -> None:
    told = FileName(FILE.digest, b"\xff" + b"a" * 1000)
    seen = observe(SharerTurn(heard(), stated(told, WHOLE)), FILE)
    assert seen.name is not None
    assert (seen.name[:5], len(seen.name)) == ("\\xffa", 255)
