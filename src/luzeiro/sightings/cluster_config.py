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

import re
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


_HEAD = re.compile(r"^[ \t]*\[cluster\][^\n]*\n", re.MULTILINE)
_DATABASE = re.compile(r"^[ \t]*database[ \t]*=[ \t]*(\"[^\"\n]*\"|'[^'\n]*')", re.MULTILINE)


def with_database(text: str, database: str) -> str:
    """The file's text with another database in it, and nothing else changed.

    Raises:
        StoreError: it is written in a way that this does not know.
    """
    told = tomllib.loads(text)
    head = _HEAD.search(text)
    if head is not None:
        line = f'database = "{database}"'
        rest, count = _DATABASE.subn(line, text[head.end() :], count=1)
        changed = text[: head.end()] + (rest if count else f"{line}\n{rest}")
        wanted = {**told, "cluster": {**told["cluster"], "database": database}}
        if tomllib.loads(changed) == wanted:
            return changed
    raise StoreError(
        'cluster.toml must have a [cluster] table with a line database = "NAME" of its own: '
        "write it so, then run the command again."
    )


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
