"""What needs no server; `make cluster-test` has the rest."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import numpy as np
import pyarrow as pa
import pytest

from luzeiro.sightings import native
from luzeiro.sightings.cluster import ClusterEngine, cluster_tables, shard_of
from luzeiro.sightings.cluster_config import ClusterConfig
from luzeiro.sightings.driver import http
from luzeiro.sightings.driver.http import RefusedError, UnreachableError
from luzeiro.sightings.schema import TAKEN_COLUMNS, VERSION, Profile
from luzeiro.sightings.store import StoreError

NOBODY = "http://127.0.0.1:9"


def test_an_address_is_always_of_the_same_shard_and_shards_are_even() -> None:
    raw = [b"\0" * 10 + b"\xff\xff" + number.to_bytes(4, "big") for number in range(4000)]
    addresses = pa.chunked_array([pa.array(raw, pa.binary(16))])
    shards = shard_of(addresses, 4)
    assert shard_of(addresses.slice(100, 50), 4).tolist() == shards[100:150].tolist()
    assert np.bincount(shards, minlength=4).min() > 800


def test_rows_are_replicated_a_shard_and_the_ledger_everywhere() -> None:
    config = ClusterConfig(shards=((NOBODY,),), name="luzeiro", profile=Profile.PLAIN)
    local, distributed, ledger, _ = cluster_tables(config)
    assert "ReplicatedMergeTree('/clickhouse/tables/luzeiro/{shard}/sightings_local'" in local
    assert "Distributed(luzeiro, luzeiro, sightings_local" in distributed
    assert "/clickhouse/tables/luzeiro/all/segments_taken', '{shard}-{replica}')" in ledger


def test_a_cluster_that_does_not_answer_is_told_with_its_servers() -> None:
    with pytest.raises(StoreError, match=f"Shard 1 of the cluster is down: none of {NOBODY}"):
        ClusterEngine(ClusterConfig(shards=((NOBODY,),), name="luzeiro"))


class Server:
    """One that does what it is told, but for what it is asked with some words in it."""

    def __init__(self) -> None:
        self.trouble: dict[bytes, Exception] = {}

    @contextmanager
    def post(
        self, url: str, settings: dict[str, str], body: bytes, **_: object
    ) -> Iterator[BytesIO]:
        assert url == NOBODY
        said = body + settings.get("query", "").encode()
        for words, error in self.trouble.items():
            if words in said:
                raise error
        version = pa.table({"version": pa.array([VERSION], pa.uint32())})
        known = b"FROM store_version" in said
        yield BytesIO(native.encode(version, [("version", "UInt32")]) if known else b"")


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        (RefusedError(497, "Not enough privileges"), "The cluster refuses: Not enough privileges"),
        (UnreachableError("reset"), r"went away while it was asked \(reset\)|takes in sightings"),
    ],
)
def test_whatever_a_server_does_not_do_is_an_error_of_the_store(
    monkeypatch: pytest.MonkeyPatch, trouble: Exception, told: str
) -> None:
    server = Server()
    monkeypatch.setattr(http, "post", server.post)
    engine = ClusterEngine(ClusterConfig(shards=((NOBODY,),), name="luzeiro"))
    ledger = pa.table(
        {column.name: pa.array([], pa.binary(32) if column.name == "segment" else pa.int64())
         for column in TAKEN_COLUMNS if column.name != "name"} | {"name": pa.array([], pa.binary())}
    )  # fmt: skip
    server.trouble = dict.fromkeys(
        (b"FROM system.mutations", b"INSERT", b"DROP PARTITION", b"SYSTEM SYNC"), trouble
    )
    with pytest.raises(StoreError, match=told):
        engine.delete("sightings", "1")
    with pytest.raises(StoreError, match=told):
        engine.insert("segments_taken", ledger, token="")
    if isinstance(trouble, RefusedError):  # one that is away is done without
        with pytest.raises(StoreError, match=told):
            engine.tidy()
        with pytest.raises(StoreError, match=told):
            engine.drop_partition("sightings", 1)
        server.trouble = {b"CREATE DATABASE": trouble}
        with pytest.raises(StoreError, match=told):
            ClusterEngine(engine.config)
