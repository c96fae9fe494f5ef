from pathlib import Path

from tests.cli.catalogue.conftest import Rows
from tests.cli.conftest import Luzeiro


def table(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(["md5,sha1,size,category", *lines]) + "\n")
    return path


def test_a_contradiction_waits_and_is_decided(luzeiro: Luzeiro, rows: Rows, tmp_path: Path) -> None:
    first = table(tmp_path / "1", f"{'ab' * 16},,5,baseline")
    second = table(tmp_path / "2", f"{'ab' * 16},{'cd' * 20},6,baseline")
    luzeiro("catalogue", "import", first, "--source", "A")
    said = luzeiro("catalogue", "import", second, "--source", "B")
    assert said.status == 0
    assert "1 rows contradict the catalogue and wait" in said.err
    (conflict,) = rows("conflicts")
    assert (conflict["kind"], conflict["source"], conflict["at"]) == ("two-sizes", "B", "line 2")
    assert "cd" * 20 not in luzeiro("catalogue", "conflicts").out
    done = luzeiro("catalogue", "conflicts", "resolve", "1", "--as", "joined")
    assert "conflict 1: joined (revision 3)" in done.out
    assert rows("conflicts") == []
    assert [one["outcome"] for one in rows("conflicts", "--all")] == ["joined"]
    again = luzeiro("catalogue", "conflicts", "resolve", "1", "--as", "dismissed")
    assert again.status == 2
    assert "decided already" in again.err


def test_a_merge_is_listed_and_undone(luzeiro: Luzeiro, rows: Rows, tmp_path: Path) -> None:
    md5, sha1 = "ab" * 16, "cd" * 20
    apart = table(tmp_path / "1", f"{md5},,,baseline", f",{sha1},,baseline")
    together = table(tmp_path / "2", f"{md5},{sha1},,baseline")
    for path, source in ((apart, "A"), (together, "B")):
        luzeiro("catalogue", "import", path, "--source", source)
    (merge,) = rows("conflicts", "merges")
    assert (merge["one"], merge["other"], merge["source"]) == (1, 2, "B")
    assert len(rows("list")) == 1
    said = luzeiro("catalogue", "conflicts", "unmerge", "1", "--reason", "two files")
    assert "merge 1 undone (revision 3)" in said.out
    assert len(rows("list")) == 2
