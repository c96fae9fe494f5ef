"""Debian's clickhouse-server and ZooKeeper as processes of our own, in one folder, on loopback."""

import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from luzeiro.sightings.cluster_config import ClusterConfig, Incomplete
from luzeiro.sightings.schema import Profile

HOST = "127.0.0.1"
SHARDS, REPLICAS = 2, 2
_START_S = 60.0
_CLASSPATH = "/usr/share/java/zookeeper.jar"

_CONFIG = """<?xml version="1.0"?>
<yandex>
  <logger><level>warning</level><log>{folder}/server.log</log>
    <errorlog>{folder}/error.log</errorlog></logger>
  <listen_host>{host}</listen_host>
  <http_port>{http}</http_port>
  <tcp_port>{tcp}</tcp_port>
  <interserver_http_port>{interserver}</interserver_http_port>
  <interserver_http_host>{host}</interserver_http_host>
  <path>{folder}/data/</path>
  <tmp_path>{folder}/tmp/</tmp_path>
  <users_config>{folder}/users.xml</users_config>
  <default_profile>default</default_profile>
  <default_database>default</default_database>
  <mark_cache_size>268435456</mark_cache_size>
  <max_concurrent_queries>50</max_concurrent_queries>
  <zookeeper><node><host>{host}</host><port>{zookeeper}</port></node>
    <session_timeout_ms>4000</session_timeout_ms></zookeeper>
  <macros><shard>{shard}</shard><replica>{replica}</replica></macros>
  <remote_servers><luzeiro>{shards}</luzeiro></remote_servers>
</yandex>
"""
_USERS = """<?xml version="1.0"?>
<yandex>
  <profiles><default>
    <max_memory_usage>2000000000</max_memory_usage>
    <connect_timeout_with_failover_ms>1000</connect_timeout_with_failover_ms>
    <distributed_connections_pool_size>16</distributed_connections_pool_size>
  </default></profiles>
  <users><default><password></password><networks><ip>{host}</ip></networks>
    <profile>default</profile><quota>default</quota></default></users>
  <quotas><default></default></quotas>
</yandex>
"""


@dataclass
class Server:
    """One clickhouse-server."""

    folder: Path
    ports: dict[str, int]
    process: "subprocess.Popen[bytes] | None" = field(default=None)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.ports['http']}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        with (self.folder / "out.log").open("ab") as out:
            self.process = subprocess.Popen(
                ["clickhouse-server", f"--config-file={self.folder / 'config.xml'}"],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd=self.folder,
            )
        given_up_at = time.monotonic() + _START_S
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > given_up_at:
                told = (self.folder / "out.log").read_text(errors="replace")[-2000:]
                raise RuntimeError(f"clickhouse-server does not start: {told}")
            time.sleep(0.1)

    def answers(self) -> bool:
        link = HTTPConnection(HOST, self.ports["http"], timeout=2)
        try:
            link.request("GET", "/ping")
            with link.getresponse() as answer:
                return answer.read() == b"Ok.\n"
        except (OSError, HTTPException):
            return False
        finally:
            link.close()

    def kill(self) -> None:
        """As a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
            self.process.kill()
            self.process.wait()
            self.process = None


@dataclass
class Cluster:
    """The servers, by shard and replica."""

    shards: list[list[Server]]

    def config(self, database: str, *, incomplete: Incomplete = Incomplete.REFUSE) -> ClusterConfig:
        return ClusterConfig(
            shards=tuple(tuple(server.url for server in shard) for shard in self.shards),
            name="luzeiro",
            database=database,
            profile=Profile.PLAIN,
            incomplete=incomplete,
        )


@contextmanager
def running(folder: Path) -> Iterator[Cluster]:
    """Start ZooKeeper and the four servers; end them all with the context."""
    zookeeper_port, *ports = _free_ports(1 + 3 * SHARDS * REPLICAS)
    shards = [
        [
            Server(
                folder / f"shard{shard}-replica{replica}",
                dict(zip(("http", "tcp", "interserver"), ports[3 * number :], strict=False)),
            )
            for replica, number in enumerate(range(shard * REPLICAS, (shard + 1) * REPLICAS))
        ]
        for shard in range(SHARDS)
    ]
    keeper = _start_zookeeper(folder / "zookeeper", zookeeper_port)
    cluster = Cluster(shards)
    try:
        _write_configs(cluster, zookeeper_port)
        for server in (server for shard in shards for server in shard):
            server.start()
        yield cluster
    finally:
        for server in (server for shard in shards for server in shard):
            server.kill()
        keeper.kill()
        keeper.wait()


def _write_configs(cluster: Cluster, zookeeper_port: int) -> None:
    told = "".join(
        "<shard><internal_replication>true</internal_replication>"
        + "".join(
            f"<replica><host>{HOST}</host><port>{server.ports['tcp']}</port></replica>"
            for server in shard
        )
        + "</shard>"
        for shard in cluster.shards
    )
    for number, shard in enumerate(cluster.shards):
        for place, server in enumerate(shard):
            server.folder.mkdir(parents=True)
            (server.folder / "users.xml").write_text(_USERS.format(host=HOST))
            (server.folder / "config.xml").write_text(
                _CONFIG.format(
                    folder=server.folder,
                    host=HOST,
                    zookeeper=zookeeper_port,
                    shard=number + 1,
                    replica=place + 1,
                    shards=told,
                    **server.ports,
                )
            )


def _start_zookeeper(folder: Path, port: int) -> "subprocess.Popen[bytes]":
    (folder / "data").mkdir(parents=True)
    (folder / "zoo.cfg").write_text(
        f"tickTime=1000\ndataDir={folder / 'data'}\nclientPort={port}\n"
        f"clientPortAddress={HOST}\nadmin.enableServer=false\nmaxClientCnxns=0\n"
    )
    with (folder / "out.log").open("wb") as out:
        process = subprocess.Popen(
            [
                *("java", "-Xmx512m", "-cp", f"{folder}:{_CLASSPATH}"),
                *("org.apache.zookeeper.server.quorum.QuorumPeerMain", str(folder / "zoo.cfg")),
            ],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
    given_up_at = time.monotonic() + _START_S
    while True:
        with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return process
        if process.poll() is not None or time.monotonic() > given_up_at:
            told = (folder / "out.log").read_text(errors="replace")[-2000:]
            raise RuntimeError(f"ZooKeeper does not start: {told}")
        time.sleep(0.1)


def _free_ports(count: int) -> list[int]:
    held = [socket.socket() for _ in range(count)]
    try:
        for one in held:
            one.bind((HOST, 0))
        return [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()
