"""A whole package, from its container to each sighting's bytes."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping

from luzeiro.evidence.verifier.bag import BagError, check_bag, read_zip
from luzeiro.evidence.verifier.exchange import ExchangeError, RawTranscript, parse_exchange
from luzeiro.evidence.verifier.findings import Findings
from luzeiro.evidence.verifier.judge import judge
from luzeiro.evidence.verifier.judge_bittorrent import WatchedFile
from luzeiro.evidence.verifier.judge_edonkey import WatchedEd2k
from luzeiro.evidence.verifier.pcapng import capture, decrypted
from luzeiro.evidence.verifier.proofs import Proofs, Trust
from luzeiro.evidence.verifier.sighting import Row
from luzeiro.evidence.verifier.tables import csv_of

_DAY = 10  # characters of an instant: its UTC day
# What is read here or follows from what is; a package may hold other files beside it.
_READ = (
    *("data/README.txt", "data/verify.py", "data/sightings.", "data/exchanges/", "data/captures/"),
    *("data/proofs/", "data/log/", "data/catalogue/", "data/method/", "data/case-uco/"),
    "data/report/README.txt",
)


def examine(raw: bytes, trust: Trust) -> tuple[Findings, list[Row]]:
    """Check a package; give what was found, and its sightings as far as they can be read."""
    findings = Findings()
    try:
        members, wrong = read_zip(raw)
    except BagError as error:
        findings.fails("container", str(error))
        return findings, []
    wrong += check_bag(members)
    for told in wrong:
        findings.fails("container", told)
    if not wrong:
        findings.holds("container", f"{len(members)} files, each as the manifests say")
    rows = _read_rows(members, findings)
    Proofs(members, trust, findings).follow(rows)
    _check_exchanges(members, rows, findings)
    _check_corroborated(rows, findings)
    _check_doubts(rows, findings)
    _check_stamps(members, findings)
    _name_unread(members, findings)
    return findings, rows


def _read_rows(members: Mapping[str, bytes], findings: Findings) -> list[Row]:
    name = "data/sightings.jsonl"
    try:
        rows = [json.loads(line) for line in members[name].decode().splitlines()]
        if not all(isinstance(row, dict) and isinstance(row.get("hub"), dict) for row in rows):
            raise ValueError("a line is not a sighting")
        ids = [row["sighting_id"] for row in rows]
        if len(set(ids)) < len(ids):
            raise ValueError("a sighting is there twice")
        if csv_of(rows) != members["data/sightings.csv"]:
            findings.fails("sightings", "data/sightings.csv: does not say what the lines say")
    except (KeyError, ValueError, TypeError) as error:
        findings.fails("sightings", f"{name}: cannot be read: {error!r}")
        return []
    return rows


def watched_files(
    raw: bytes,
) -> "dict[tuple[str, str, int | None], WatchedFile | WatchedEd2k]":
    """Read `data/catalogue/files.jsonl`: which pieces of a torrent are whose, and sizes.

    Raises:
        KeyError, TypeError, ValueError: it is not that.
    """
    found: dict[tuple[str, str, int | None], WatchedFile | WatchedEd2k] = {}
    for line in raw.decode().splitlines():
        held = json.loads(line)
        watched, key = held["watched"], (held["identifier_kind"], held["identifier"])
        if watched is None:
            continue
        if held["identifier_kind"] == "ed2k":
            found[(*key, held["file_index"])] = WatchedEd2k(watched["size_bytes"])
            continue
        infohashes = [bytes.fromhex(one)[:20] for one in watched["infohashes"]]
        found[(*key, held["file_index"])] = WatchedFile(
            tuple(infohashes),
            watched["piece_count"],
            *(watched[name] for name in ("first_piece", "last_piece", "first_own", "last_own")),
        )
    return found


def _check_exchanges(members: Mapping[str, bytes], rows: list[Row], findings: Findings) -> None:
    try:
        watched = watched_files(members["data/catalogue/files.jsonl"])
    except (KeyError, TypeError, ValueError) as error:
        findings.fails("grades", f"data/catalogue/files.jsonl: cannot be read: {error!r}")
        watched = {}
    borne_out, unknown, all_read = 0, Counter[str](), list[tuple[Row, list[RawTranscript]]]()
    for row in rows:
        name = f"data/exchanges/{row.get('raw_sha256')}.lzx"
        try:
            raw = members[name]
            if hashlib.sha256(raw).hexdigest() != row["raw_sha256"]:
                raise ExchangeError("not the bytes that its name says")
            transcripts = parse_exchange(raw)
            key = (row["identifier_kind"], row["identifier"], row["file_index"])
            judgement = judge(row, transcripts, watched.get(key))
        except (KeyError, TypeError, ValueError, ExchangeError) as error:
            findings.fails("grades", f"{name}: {error}")
            continue
        all_read.append((row, transcripts))
        for told in judgement.contradicted:
            findings.fails("grades", f"{row['sighting_id']}: {told}")
        borne_out += not judgement.contradicted
        unknown.update(judgement.unknown)
    told = f"{borne_out} of {len(rows)}: what is claimed is what the raw bytes show"
    (findings.holds if borne_out == len(rows) else findings.fails)("grades", told)
    for told, count in sorted(unknown.items()):
        findings.unknown("grades", f"{told} ({count} of {len(rows)} sightings)")
    _check_captures(members, all_read, findings)


def captures(read: "list[tuple[Row, list[RawTranscript]]]") -> dict[str, bytes]:
    """The capture files that sightings and their exchanges give."""
    every = [one for _, transcripts in read for one in transcripts]
    plain = (
        decrypted(one, bytes.fromhex(row["identifier"])[:20])
        for row, transcripts in read
        for one in transcripts
    )
    found = {"data/captures/as-recorded.pcapng": capture(every)}
    if opened := [one for one in plain if one is not None]:
        found["data/captures/decrypted.pcapng"] = capture(opened)
    return found


def _check_captures(
    members: Mapping[str, bytes],
    read: "list[tuple[Row, list[RawTranscript]]]",
    findings: Findings,
) -> None:
    try:
        expected = captures(read)
    except (ValueError, OverflowError) as error:
        findings.fails("grades", f"data/captures: cannot be written anew: {error}")
        return
    wrong = [name for name, made in expected.items() if members.get(name) != made]
    for name in wrong:
        findings.fails("grades", f"{name}: not what the raw exchanges give")
    if not wrong:
        findings.holds("grades", "the capture files are what the raw exchanges give")


def _check_corroborated(rows: list[Row], findings: Findings) -> None:
    """Work out `corroborated` among the sightings at hand; others may lie outside the package."""
    days: dict[object, set[str]] = {}
    twice: Counter[object] = Counter()
    for row in rows:
        if row.get("grade") != "stated":
            continue
        file = (row["identifier_kind"], row["identifier"], row["file_index"])
        days.setdefault((row["remote_address"], file), set()).add(row["seen_at"][:_DAY])
        for one in {(one["kind"], one["value"]) for one in row["user_ids"] if one["durable"]}:
            twice[one, file] += 1
    for row in rows:
        now = row["hub"].get("grade_now")
        if now == row.get("grade"):
            continue
        file = (row["identifier_kind"], row["identifier"], row["file_index"])
        known = len(days.get((row["remote_address"], file), ())) > 1 or any(
            twice[(one["kind"], one["value"]), file] > 1 for one in row["user_ids"]
        )
        if row.get("grade") != "stated" or now != "corroborated":
            findings.fails("grades", f"{row['sighting_id']}: the hub calls it {now!r}")
        elif not known:
            findings.unknown(
                "grades",
                f"{row['sighting_id']} is called corroborated, and what corroborates it is not in "
                "this package",
            )


def _check_doubts(rows: list[Row], findings: Findings) -> None:
    doubtful = sum("clock doubtful" in row.get("doubts", ()) for row in rows)
    if doubtful:
        findings.unknown(
            "sightings", f"when exactly {doubtful} of {len(rows)} were made: the clock was doubtful"
        )
    if any(row.get("grade") == "stated" for row in rows):
        findings.unknown(
            "sightings",
            "that anybody possessed or shared a file: a statement is what an address said. No "
            "content was asked for, and none was received",
        )
    findings.unknown(
        "sightings",
        "who sat behind an address: that is for its provider to say, by port and instant",
    )


def _name_unread(members: Mapping[str, bytes], findings: Findings) -> None:
    for name in sorted(members):
        if name.startswith("data/") and not name.startswith(_READ):
            findings.unknown(
                "container",
                f"whether {name} is right: it is as the manifest says, but its words are the "
                "maker's own; hold them against data/sightings.csv",
            )


def _check_stamps(members: Mapping[str, bytes], findings: Findings) -> None:
    digest = hashlib.sha256(members.get("data/log/stamped", b"")).digest()
    for name in sorted(one for one in members if one.endswith(".tsr")):
        if digest in members[name]:
            findings.unknown(
                "log",
                f"{name}: names the stamped head's SHA-256; its authority's signature is checked "
                f"with: openssl ts -verify -in {name} -data data/log/stamped -CAfile AUTHORITY.pem",
            )
        else:
            findings.fails("log", f"{name}: not a stamp of data/log/stamped")
