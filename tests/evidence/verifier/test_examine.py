"""A package whole, and a package with one thing changed."""

import json
import zipfile
from collections.abc import Callable
from io import BytesIO
from random import Random

import pytest

from luzeiro.evidence.signer import Signer
from luzeiro.evidence.verifier.bag import MANIFEST, TAG_MANIFEST, is_payload, manifest_of
from luzeiro.evidence.verifier.examine import examine, watched_files
from luzeiro.evidence.verifier.findings import UNKNOWN
from luzeiro.evidence.verifier.proofs import Trust
from luzeiro.package.make import zip_of

FLIPS = 60  # of the thousand that `make evidence-lab` does


def members_of(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def repacked(package: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """Change members, and lay every manifest anew, as somebody would who has no key."""
    members = members_of(package)
    change(members)
    payload = {name: held for name, held in members.items() if is_payload(name)}
    members[MANIFEST] = manifest_of(payload)
    tags = {
        name: held
        for name, held in members.items()
        if not is_payload(name) and name != TAG_MANIFEST
    }
    members[TAG_MANIFEST] = manifest_of(tags)
    return zip_of(members)


def failed(package: bytes, trust: Trust | None = None) -> list[str]:
    findings, _ = examine(package, trust or Trust())
    return [f"{one.about}: {one.told}" for one in findings.failed()]


def test_a_package_that_nobody_changed_holds(package: bytes) -> None:
    findings, rows = examine(package, Trust())
    assert findings.failed() == []
    assert len(rows) == 7
    told = " ".join(one.told for one in findings if one.state == UNKNOWN)
    assert "possessed or shared" in told
    assert "who sat behind an address" in told


def test_a_package_of_edonkey_holds_and_says_what_it_cannot_know(edonkey_package: bytes) -> None:
    findings, rows = examine(edonkey_package, Trust())
    assert findings.failed() == []
    assert len(rows) == 12
    told = {one.told for one in findings}
    assert "12 of 12: what is claimed is what the raw bytes show" in told
    assert any(one.startswith("that nobody shares the file of the control") for one in told)
    assert not any("not read by this verifier" in one for one in told)


def test_one_changed_bit_of_an_edonkey_package_is_found_and_named(edonkey_package: bytes) -> None:
    random = Random(2)
    for _ in range(FLIPS // 2):
        changed = bytearray(edonkey_package)
        bit = random.randrange(8 * len(edonkey_package))
        changed[bit // 8] ^= 1 << bit % 8
        assert failed(bytes(changed)), bit


def test_an_edonkey_grade_that_was_raised_with_all_manifests_is_named(
    edonkey_package: bytes,
) -> None:
    def raise_grades(members: dict[str, bytes]) -> None:
        lines = members["data/sightings.jsonl"].decode().splitlines()
        rows = [{**json.loads(line), "grade": "stated", "control": "refused"} for line in lines]
        spelled = (json.dumps(row, sort_keys=True) for row in rows)
        members["data/sightings.jsonl"] = "".join(f"{line}\n" for line in spelled).encode()

    told = failed(repacked(edonkey_package, raise_grades))
    contradicted = {one.split(":")[1] for one in told if "the bytes make the grade" in one}
    assert len(contradicted) == 9  # of 12: three had stated it
    assert any("3 of 12: what is claimed" in one for one in told)


def test_one_changed_bit_anywhere_is_found_and_named(package: bytes) -> None:
    random = Random(1)
    for _ in range(FLIPS):
        changed = bytearray(package)
        bit = random.randrange(8 * len(package))
        changed[bit // 8] ^= 1 << bit % 8
        assert failed(bytes(changed)), bit


@pytest.mark.parametrize("name", ["data/method/method.txt", "data/README.txt", "data/verify.py"])
def test_what_is_changed_with_its_manifests_is_not_what_the_hub_signed(
    package: bytes, name: str
) -> None:
    def change(members: dict[str, bytes]) -> None:
        members[name] += b"x"

    assert failed(repacked(package, change)) == [
        "package: package.note: the manifest is not the one that was signed"
    ]


def rewrite_rows(members: dict[str, bytes], **changes: object) -> None:
    rows = [json.loads(line) for line in members["data/sightings.jsonl"].decode().splitlines()]
    rows[0].update(changes)
    lines = (json.dumps(row, sort_keys=True) for row in rows)
    members["data/sightings.jsonl"] = "".join(f"{line}\n" for line in lines).encode()


@pytest.mark.parametrize(
    "change",
    [
        {"remote_address": "198.51.100.8"},
        {"grade": "stated"},
        {"seen_at": "2026-03-05T00:00:00.000000Z"},
        {"doubts": ["invented"]},
        {"client": "Invented 2.0"},
        {"hub": {"segment": "00", "position": 0, "grade_now": "heard"}},
    ],
)
def test_a_sighting_that_was_rewritten_is_not_what_its_collector_sealed(
    package: bytes, change: dict[str, object]
) -> None:
    told = failed(repacked(package, lambda members: rewrite_rows(members, **change)))
    assert any(one.startswith("sightings: data/sightings.jsonl:") for one in told)


def drop_a_row(members: dict[str, bytes]) -> None:
    lines = members["data/sightings.jsonl"].splitlines(keepends=True)
    members["data/sightings.jsonl"] = b"".join(lines[1:])


def double_a_row(members: dict[str, bytes]) -> None:
    members["data/sightings.jsonl"] += members["data/sightings.jsonl"].splitlines(keepends=True)[0]


def drop(prefix: str) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        for name in [one for one in members if one.startswith(prefix)][:1]:
            del members[name]

    return change


def swap_exchanges(members: dict[str, bytes]) -> None:
    first, second = [one for one in members if one.startswith("data/exchanges/")][:2]
    members[first], members[second] = members[second], members[first]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (drop_a_row, "a sighting was left out"),
        (double_a_row, "there twice"),
        (drop("data/proofs/segments/"), "its segment is not proven"),
        (drop("data/proofs/enrolments/"), "not enrolled"),
        (drop("data/exchanges/"), "data/exchanges/"),
        (drop("data/captures/"), "not what the raw exchanges give"),
        (drop("data/log/checkpoint"), "data/log/checkpoint"),
        (swap_exchanges, "not the bytes that its name says"),
    ],
)
def test_what_is_missing_or_swapped_is_named(
    package: bytes, change: Callable[[dict[str, bytes]], None], told: str
) -> None:
    assert any(told in one for one in failed(repacked(package, change)))


def test_another_key_than_the_one_brought_is_named(package: bytes) -> None:
    stranger = Signer("luzeiro/hub/other", b"x" * 32)
    assert any("not the key that you gave" in one for one in failed(package, Trust(stranger.key)))


def test_a_map_that_is_not_one_is_named(package: bytes) -> None:
    def change(members: dict[str, bytes]) -> None:
        members["data/catalogue/files.jsonl"] = b"[]\n"

    assert any("data/catalogue/files.jsonl" in one for one in failed(repacked(package, change)))
    assert watched_files(b"") == {}


def test_what_is_no_package_is_told() -> None:
    assert failed(b"nothing") == ["container: this is no package: it is not a ZIP as packages are"]
