"""What needs no server; `make cluster-test` has the rest."""

import numpy as np
import pyarrow as pa
import pytest

from luzeiro.sightings.cluster import ClusterEngine, cluster_tables, shard_of
from luzeiro.sightings.cluster_config import ClusterConfig
from luzeiro.sightings.schema import Profile
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
