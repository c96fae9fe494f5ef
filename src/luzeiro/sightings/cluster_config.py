"""Which servers a cluster has: the file `cluster.toml` of a home.

[cluster]
name = "luzeiro"              # as the servers' own configuration calls it
database = "luzeiro"
profile = "modern"            # or "plain", for servers before 2019
user = "hub"
password_file = "cluster.password"   # beside this file, readable by this account alone
ca_file = "ca.pem"                   # whose certificates count; the system's unless told
incomplete = "refuse"         # or "allow": answer without a shard that is down, and say so

[[shards]]
replicas = ["https://ch1a.example:8443", "https://ch1b.example:8443"]
"""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from luzeiro.sightings.schema import Profile
from luzeiro.sightings.store import StoreError


class Incomplete(StrEnum):
    """What to do where a whole shard is down."""

    REFUSE = "refuse"
    ALLOW = "allow"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterConfig:
    """A cluster's servers; a shard is the URLs of its replicas."""

    shards: tuple[tuple[str, ...], ...]
    name: str
    database: str = "luzeiro"
    profile: Profile = Profile.MODERN
    user: str = "default"
    password: str = ""
    ca_file: Path | None = None
    incomplete: Incomplete = Incomplete.REFUSE
    patience_s: float = 30.0


def read_cluster(path: Path) -> ClusterConfig:
    """Read the file.

    Raises:
        StoreError: it is not as the head of this module says.
    """
    try:
        told = tomllib.loads(path.read_text())
        cluster: dict[str, Any] = told["cluster"]
        shards = tuple(tuple(shard["replicas"]) for shard in told["shards"])
        if not shards or not all(shards):
            raise ValueError("a shard without a replica")
        for url in (url for shard in shards for url in shard):
            if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
                raise ValueError(f"{url!r} is no http or https URL")
        password_file, ca_file = cluster.get("password_file"), cluster.get("ca_file")
        return ClusterConfig(
            shards=shards,
            name=cluster["name"],
            database=cluster.get("database", "luzeiro"),
            profile=Profile(cluster.get("profile", Profile.MODERN)),
            user=cluster.get("user", "default"),
            password=(path.parent / password_file).read_text().strip() if password_file else "",
            ca_file=path.parent / ca_file if ca_file else None,
            incomplete=Incomplete(cluster.get("incomplete", Incomplete.REFUSE)),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"{path} does not describe a cluster ({error}). docs/howto/cluster.md has an example."
        ) from error
