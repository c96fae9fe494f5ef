"""The real server, asked over TLS on loopback."""

import base64
import http.client
import json
import ssl
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from luzeiro.collector.uploader import Answer, HubClient, enrol
from luzeiro.evidence.verifier.merkle import check_consistency
from luzeiro.hub.wire import CONSISTENCY, NOTE_HEADER, RECEIPTS, SEGMENTS
from luzeiro.observations import segment
from tests.evidence import hubs
from tests.hub.serving import Serving, serving
from tests.observations.examples import sighting


def put(
    served: Serving, path: Path, *, note: bytes | None = None, body: bytes | None = None
) -> Answer:
    sealed = path.read_bytes()
    named = note if note is not None else segment.note_of(sealed) or b""
    headers = {NOTE_HEADER: base64.b64encode(named).decode()}
    client = HubClient(served.url, served.pin)
    try:
        return client.ask("PUT", SEGMENTS + path.name, body=body or sealed, headers=headers)
    finally:
        client.close()


def test_who_is_not_enrolled_cannot_have_a_body_read(tmp_path: Path) -> None:
    collecting = hubs.collector(tmp_path / "spool")
    path = collecting.seal(sighting(1))
    with serving(tmp_path / "hub") as served:
        for note, status in ((b"", 422), (None, 401)):
            answer = put(served, path, note=note)
            assert answer.status == status
        forger = hubs.collector(tmp_path / "forger", seed=b"f" * 32)
        hubs.enrol(served.hub, collecting)
        assert put(served, forger.seal(sighting(2))).status == 403
        assert list(served.hub.incoming.iterdir()) == []
        assert served.hub.log.head().size == 1


def test_a_refusal_says_why_to_machines_and_people(tmp_path: Path) -> None:
    collecting = hubs.collector(tmp_path / "spool")
    with serving(tmp_path / "hub") as served:
        hubs.enrol(served.hub, collecting)
        path = collecting.seal(sighting(1))
        answer = put(served, path, body=path.read_bytes()[:-4] + b"PAR2")
        assert answer.status == 422
        assert json.loads(answer.body)["why"] == "damaged"
        clone = hubs.collector(tmp_path / "clone")
        assert put(served, path).status == 200
        assert put(served, clone.seal(sighting(2))).status == 409


def test_an_upload_that_is_cut_off_leaves_nothing(tmp_path: Path) -> None:
    collecting = hubs.collector(tmp_path / "spool")
    with serving(tmp_path / "hub") as served:
        hubs.enrol(served.hub, collecting)
        path = collecting.seal(sighting(1))
        at, context = urlsplit(served.url), ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        link = http.client.HTTPSConnection(at.hostname or "", at.port, context=context)
        link.putrequest("PUT", SEGMENTS + path.name)
        sealed = path.read_bytes()
        link.putheader(NOTE_HEADER, base64.b64encode(segment.note_of(sealed) or b"").decode())
        link.putheader("Content-Length", str(len(sealed)))
        link.endheaders()
        link.send(sealed[: len(sealed) // 2])
        link.close()
        assert put(served, path).status == 200
        assert served.hub.log.head().size == 2
        assert list(served.hub.incoming.iterdir()) == []


def test_the_log_is_served_as_static_files_and_nothing_else_is(tmp_path: Path) -> None:
    collecting = hubs.collector(tmp_path / "spool")
    with serving(tmp_path / "hub") as served:
        hubs.enrol(served.hub, collecting)
        client = HubClient(served.url, served.pin)
        head = client.ask("GET", "/log/checkpoint")
        assert head.body == served.hub.log.checkpoint()
        assert head.headers["content-type"] == "text/plain; charset=utf-8"
        assert client.ask("GET", "/log/tile/0/000.p/1").body == served.hub.log.reader().tile(0, 0)
        for path in ("/log/../key", "/log/tile/../../key", "/log/.lock", "/log/tile/0/001", "/key"):
            assert client.ask("GET", path).status == 404
        client.close()


def test_receipts_and_consistency_are_given_to_whoever_asks(tmp_path: Path) -> None:
    collecting = hubs.collector(tmp_path / "spool")
    with serving(tmp_path / "hub") as served:
        hubs.enrol(served.hub, collecting)
        for number in range(4):
            assert put(served, collecting.seal(sighting(number))).status == 200
        client, reader = HubClient(served.url, served.pin), served.hub.log.reader()
        told = json.loads(client.ask("GET", f"{CONSISTENCY}?old=2&new=5").body)
        path = [base64.b64decode(one) for one in told]
        check_consistency(2, reader.root(2), 5, reader.root(5), path)
        for query in ("old=3&new=2", "old=1&new=9", "old=x&new=2", ""):
            assert client.ask("GET", f"{CONSISTENCY}?{query}").status in (400, 404)
        for digest in ("00" * 32, "nonsense"):
            assert client.ask("GET", RECEIPTS + digest).status == 404
        client.close()


def test_a_hole_in_the_chain_is_told_until_it_is_filled(tmp_path: Path) -> None:
    collecting = hubs.collector(tmp_path / "spool")
    with serving(tmp_path / "hub") as served:
        enrol(served.ticket(), str(UUID(int=1)), collecting.signer, "2026")
        paths = [collecting.seal(sighting(number)) for number in range(3)]
        assert put(served, paths[2]).headers["luzeiro-missing"] == "1-2"
        assert put(served, paths[0]).headers["luzeiro-missing"] == "2-2"
        assert "luzeiro-missing" not in put(served, paths[1]).headers


@pytest.mark.parametrize("name", ["x.parquet", "..%2f..%2fetc%2fpasswd"])
def test_a_name_that_is_no_segments_is_refused(tmp_path: Path, name: str) -> None:
    with serving(tmp_path / "hub") as served:
        client = HubClient(served.url, served.pin)
        assert client.ask("PUT", SEGMENTS + name).status in (404, 422)
        client.close()
