"""What a Kad node, a server or another client told of a file's sharers, when a witness says so.

And whether it was asked what an observer may ask.
"""

from dataclasses import dataclass, field

from luzeiro.evidence.verifier.ed2k_indexes import (
    ToldOf,
    read_exchanged_sources,
    read_search_answer,
    read_search_question,
    read_server_answer,
    read_server_datagram,
    read_server_question,
)
from luzeiro.evidence.verifier.ed2k_obfuscation import revealed
from luzeiro.evidence.verifier.ed2k_packets import EMULE, Ed2kError, packets
from luzeiro.evidence.verifier.edonkey import questions_in
from luzeiro.evidence.verifier.exchange import RECEIVED, SENT, RawTranscript
from luzeiro.evidence.verifier.sighting import Row, microseconds

_ANOTHER = "an index was asked for another file than the sighting names"


@dataclass
class Hearsay:
    """What was told, and what is wrong or unknown about the telling."""

    told_of: "list[ToldOf]" = field(default_factory=list)
    wrong: "list[str]" = field(default_factory=list)
    unknown: "list[str]" = field(default_factory=list)


def hear_index(transcript: RawTranscript, means: str, digest: bytes, witness: Row) -> Hearsay:
    """Read what one index told.

    Args:
        transcript: as recorded.
        means: "kad", "server" or "source exchange".
        digest: of the watched file.
        witness: a row's own, for its instant and node id.
    """
    heard, plain = Hearsay(), revealed(transcript)
    at_us = microseconds(witness["told_at"])
    if plain is None:
        heard.wrong.append(f"what was said to {transcript.remote} does not open")
        return heard
    try:
        if means == "kad":
            _hear_kad(heard, plain, digest, at_us, bytes.fromhex(witness["node_id"]))
        elif means == "server":
            _hear_server(heard, plain, digest, at_us)
        else:
            _hear_exchange(heard, plain, digest, at_us)
    except Ed2kError as error:
        heard.wrong.append(f"what went between us and {transcript.remote} cannot be read: {error}")
    return heard


def _hear_kad(
    heard: Hearsay, plain: RawTranscript, digest: bytes, at_us: int, node_id: bytes
) -> None:
    asked = [read_search_question(one.data) for one in plain.frames if one.direction == SENT]
    if not asked:
        heard.unknown.append("what a Kad node was asked: its id does not open the question")
    if any(one != digest for one in asked):
        heard.wrong.append(_ANOTHER)
    for frame in plain.frames:
        if frame.direction == RECEIVED and frame.at_us == at_us:
            answer = read_search_answer(frame.data)
            if (answer.digest, answer.node_id) == (digest, node_id):
                heard.told_of += answer.told_of


def _hear_server(heard: Hearsay, plain: RawTranscript, digest: bytes, at_us: int) -> None:
    asked = [read_server_question(one.data) for one in plain.frames if one.direction == SENT]
    if any(digest not in one for one in asked):
        heard.wrong.append(_ANOTHER)
    if plain.transport == "udp":
        for frame in plain.frames:
            if frame.direction == RECEIVED and frame.at_us == at_us:
                heard.told_of += read_server_datagram(frame.data).get(digest, ())
        return
    for packet in packets(plain, RECEIVED):
        about, told_of = read_server_answer(packet)
        if about == digest and packet.at_us == at_us:
            heard.told_of += told_of


def _hear_exchange(heard: Hearsay, plain: RawTranscript, digest: bytes, at_us: int) -> None:
    strange = questions_in(plain).strange
    if strange:
        heard.wrong.append(f"the collector said more than an observer may: {strange[0]}")
    try:
        for packet in packets(plain, RECEIVED):
            if packet.protocol == EMULE and packet.opcode in (0x82, 0x84):
                about, told_of = read_exchanged_sources(packet)
                if about == digest and packet.at_us == at_us:
                    heard.told_of += told_of
    except Ed2kError:
        pass  # the collector hung up there: what came before it counts
