"""Judging a sighting by its raw bytes, whichever network they are of."""

from collections.abc import Iterable

from luzeiro.evidence.verifier.exchange import RawTranscript
from luzeiro.evidence.verifier.judge_bittorrent import BittorrentJudge, WatchedFile
from luzeiro.evidence.verifier.judge_edonkey import EdonkeyJudge, WatchedEd2k
from luzeiro.evidence.verifier.judgement import Judgement
from luzeiro.evidence.verifier.sighting import Row


def judge(
    row: Row, transcripts: Iterable[RawTranscript], watched: "WatchedFile | WatchedEd2k | None"
) -> Judgement:
    """Work out what the bytes of one sighting bear out."""
    network, held = row["network"], list(transcripts)
    if network == "bittorrent":
        known = watched if isinstance(watched, WatchedFile) else None
        return BittorrentJudge(row, held, known).judged()
    if network == "edonkey":
        size = watched if isinstance(watched, WatchedEd2k) else None
        return EdonkeyJudge(row, held, size).judged()
    told = f"the protocol of the network {network!r} is not read by this verifier"
    return Judgement((), (told,))
