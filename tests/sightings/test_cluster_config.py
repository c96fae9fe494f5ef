import tomllib
from pathlib import Path

import pytest

from luzeiro.sightings.cluster_config import Incomplete, read_cluster, with_database
from luzeiro.sightings.schema import Profile
from luzeiro.sightings.store import StoreError

WHOLE = """\
[cluster]
name = "luzeiro"
profile = "plain"
user = "hub"
password_file = "secret"
ca_file = "ca.pem"
incomplete = "allow"

[[shards]]
replicas = ["https://a.example:8443", "https://b.example:8443"]

[[shards]]
replicas = ["https://c.example:8443"]
"""


def test_a_cluster_is_read_with_its_secret_from_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s3cret\n")
    (tmp_path / "cluster.toml").write_text(WHOLE)
    told = read_cluster(tmp_path / "cluster.toml")
    assert told.shards == (
        ("https://a.example:8443", "https://b.example:8443"), ("https://c.example:8443",),
    )  # fmt: skip
    assert (told.user, told.password, told.database) == ("hub", "s3cret", "luzeiro")
    assert (told.profile, told.incomplete) == (Profile.PLAIN, Incomplete.ALLOW)
    assert told.ca_file == tmp_path / "ca.pem"


def test_unless_told_a_cluster_is_modern_and_refuses_to_answer_in_part(tmp_path: Path) -> None:
    (tmp_path / "c").write_text('[cluster]\nname = "x"\n[[shards]]\nreplicas = ["http://a"]\n')
    told = read_cluster(tmp_path / "c")
    assert (told.profile, told.incomplete) == (Profile.MODERN, Incomplete.REFUSE)


@pytest.mark.parametrize(
    "told",
    [
        "nonsense",
        '[cluster]\nname = "x"\n',
        '[cluster]\nname = "x"\n[[shards]]\nreplicas = []\n',
        '[cluster]\nname = "x"\n[[shards]]\nreplicas = ["ftp://a"]\n',
        '[cluster]\n[[shards]]\nreplicas = ["http://a"]\n',
        '[cluster]\nname = "x"\nprofile = "old"\n[[shards]]\nreplicas = ["http://a"]\n',
        '[cluster]\nname = "x"\npassword_file = "none"\n[[shards]]\nreplicas = ["http://a"]\n',
    ],
)
def test_anything_else_is_told_with_the_file_s_name(tmp_path: Path, told: str) -> None:
    (tmp_path / "cluster.toml").write_text(told)
    with pytest.raises(StoreError, match=r"cluster\.toml does not describe a cluster"):
        read_cluster(tmp_path / "cluster.toml")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('database = "old"  # ours', 'database = "new"  # ours'),
        ("database='old'", 'database = "new"'),
        ('user = "hub"', 'database = "new"\nuser = "hub"'),
    ],
)
def test_another_database_is_put_into_the_file_and_nothing_else_changes(
    before: str, after: str
) -> None:
    text = '# ours\n[cluster]\nname = "c"\n{}\n[[shards]]\nreplicas = ["http://a"]\n'
    changed = with_database(text.format(before), "new")
    assert tomllib.loads(changed)["cluster"]["database"] == "new"
    assert changed.count("\n") - text.format(before).count("\n") == after.count("\n")
    assert changed.startswith("# ours\n[cluster]\n")
    assert after.splitlines()[-1] in changed


def test_a_file_written_in_another_way_is_refused_not_guessed_at() -> None:
    with pytest.raises(StoreError, match="a line database"):
        with_database('cluster = {name = "c", database = "old"}\n', "new")
