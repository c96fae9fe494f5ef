import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from luzeiro.evidence.verifier import bag
from luzeiro.evidence.verifier.assemble import assemble
from luzeiro.evidence.verifier.examine import examine
from luzeiro.evidence.verifier.proofs import Trust
from luzeiro.package.gather import Gathered
from luzeiro.package.make import PackageError, make_package, zip_of
from tests.evidence import hubs


def members_of(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_package_has_everything_that_it_must(package: bytes) -> None:
    members = members_of(package)
    for name in (
        *("bagit.txt", "bag-info.txt", "manifest-sha256.txt", "package.note"),
        *("data/README.txt", "data/verify.py", "data/sightings.jsonl", "data/sightings.csv"),
        *("data/captures/as-recorded.pcapng", "data/captures/decrypted.pcapng"),
        *("data/log/checkpoint", "data/log/key", "data/proofs/sightings.jsonl"),
        *("data/catalogue/files.jsonl", "data/method/method.txt", "data/method/error-rates.csv"),
        *("data/case-uco/package.jsonld", "data/case-uco/luzeiro-p2p.ttl"),
        "data/report/README.txt",
    ):
        assert members[name], name
    assert members["data/verify.py"] == assemble()
    size = sum(len(held) for name, held in members.items() if name.startswith("data/"))
    count = sum(name.startswith("data/") for name in members)
    assert f"Payload-Oxum: {size}.{count}\n".encode() in members["bag-info.txt"]


def test_stamps_witnesses_and_own_error_rates_go_in(tmp_path: Path) -> None:
    made = hubs.package_of_everything(
        tmp_path, error_rates=b"own\n", stamps={"one": b"response"}, stamped=b"head"
    )
    members = members_of(made)
    assert members["data/method/error-rates.csv"] == b"own\n"
    assert members["data/log/one.tsr"] == b"response"
    told = [one.told for one in examine(made, Trust())[0].failed()]
    assert told == ["data/log/one.tsr: not a stamp of data/log/stamped"]


def test_nothing_makes_no_package(tmp_path: Path) -> None:
    with hubs.hub(tmp_path) as opened, pytest.raises(PackageError, match="no sighting fits"):
        make_package(Gathered(), hubs.making(), opened.signer)


def test_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bag, "MEMBERS_LIMIT", 1)
    with pytest.raises(PackageError, match="narrow the selection"):
        zip_of({"a": b"", "b": b""})


def test_a_report_takes_the_place_that_was_left_for_it(tmp_path: Path) -> None:
    made = hubs.package_of_everything(tmp_path, extra_files={"data/report/report.pdf": b"%PDF-1.7"})
    members = members_of(made)
    assert members["data/report/report.pdf"] == b"%PDF-1.7"
    assert "data/report/README.txt" not in members
    assert b"  data/report/report.pdf\n" in members["manifest-sha256.txt"]
    findings, _ = examine(made, Trust())
    assert not findings.failed()
    told = [one.told for one in findings if "report.pdf" in one.told]
    assert len(told) == 1
    assert told[0].startswith("whether data/report/report.pdf is right")


def test_a_changed_report_is_named(tmp_path: Path) -> None:
    made = hubs.package_of_everything(tmp_path, extra_files={"data/report/report.pdf": b"%PDF-1.7"})
    changed = made.replace(b"%PDF-1.7", b"%PDF-1.6")
    told = [one.told for one in examine(changed, Trust())[0].failed()]
    assert any(one.startswith("data/report/report.pdf: changed") for one in told)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("report.pdf", "is no name"),
        ("data/../report.pdf", "is no name"),
        ("data//report.pdf", "is no name"),
        ("data/.report.pdf", "is no name"),
        ("data/informe español.pdf", "is no name"),
        ("data/sightings.jsonl", "is a file of the package already"),
        ("data/Sightings.jsonl", "is a file of the package already"),
        ("data/exchanges", "is a file of the package already"),
        ("data/sightings.csv/report.pdf", "is a file of the package already"),
    ],
)
def test_an_extra_file_without_a_place_is_refused(tmp_path: Path, name: str, told: str) -> None:
    with pytest.raises(PackageError, match=told):
        hubs.package_of_everything(tmp_path, extra_files={name: b"x"})
