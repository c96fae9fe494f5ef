"""What CASE's own validator says of a package's graph."""

import json
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def case(package: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("case")
    with zipfile.ZipFile(BytesIO(package)) as archive:
        archive.extractall(folder)
    return folder / "data/case-uco"


def validate(case: Path, graph: str) -> subprocess.CompletedProcess[str]:
    # An xsd:string for a hash's method is what UCO 1.4 asks for, and gives an "info" of its own.
    command = [str(Path(sys.executable).with_name("case_validate")), "--allow-info"]
    command += ["--ontology-graph", str(case / "luzeiro-p2p.ttl"), str(case / graph)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_validator_accepts_it(case: Path) -> None:
    told = validate(case, "package.jsonld")
    assert told.returncode == 0, told.stdout[-2000:]
    assert "sh:Warning" not in told.stdout
    assert "sh:Violation" not in told.stdout


def test_the_validator_looks_at_the_extension_too(case: Path) -> None:
    held = json.loads((case / "package.jsonld").read_text())
    for node in held["@graph"]:
        for facet in node.get("uco-core:hasFacet", []):
            if facet["@type"] == "luzeiro-p2p:PeerStatementFacet":
                facet["luzeiro-p2p:grade"] = "guilty"
    (case / "wrong.jsonld").write_text(json.dumps(held))
    assert validate(case, "wrong.jsonld").returncode == 1


def test_one_thing_is_one_node(case: Path) -> None:
    nodes = json.loads((case / "package.jsonld").read_text())["@graph"]
    ids = [node["@id"] for node in nodes]
    assert len(ids) == len(set(ids))
    kinds = [node["@type"] for node in nodes]
    assert kinds.count("uco-tool:Tool") == 1
    assert kinds.count("uco-observable:NetworkConnection") == 7
    assert kinds.count("uco-observable:IPv4Address") == 2
