from collections import Counter
from pathlib import Path

import pytest

from luzeiro.catalogue.errors import CatalogueError
from luzeiro.catalogue.importing import Outcome
from luzeiro.catalogue.rows import RejectedRow
from luzeiro.cli.catalogue.outcomes import RejectedFile, tell


def test_there_is_a_file_of_rejected_rows_only_where_there_are_some(tmp_path: Path) -> None:
    file = RejectedFile(tmp_path / "rejected")
    file.close()
    assert not file.path.exists()
    file.add(RejectedRow("line 2", "why"))
    file.close()
    assert file.path.read_text() == "line 2: why\n"
    with pytest.raises(CatalogueError, match="name a file with --rejected"):
        RejectedFile(tmp_path / "nowhere" / "rejected").add(RejectedRow("line 2", "why"))


def test_a_long_list_of_rejected_rows_is_cut_and_counted(
    capfd: pytest.CaptureFixture[str],
) -> None:
    rejected = [RejectedRow(f"line {number}", "why") for number in range(30)]
    tell("list", Outcome(revision=4, counts=Counter(rejected=30), rejected=rejected))
    told = capfd.readouterr()
    assert told.err.count("why") == 20
    assert "list: 10 more" in told.err
    assert "30 rejected, 0 queued (revision 4)" in told.out
