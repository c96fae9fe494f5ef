"""The NSRL's reference data set."""

from io import BytesIO
from pathlib import Path

import pytest

from luzeiro.catalogue.readers import nsrl
from luzeiro.catalogue.readers.errors import ListError
from luzeiro.catalogue.rows import ListRow
from tests.catalogue.readers import builders
from tests.catalogue.readers.builders import Rows, accepted, nsrl_row, rejections


def _read(data: bytes) -> Rows:
    return list(nsrl.read(BytesIO(data)))


def test_the_base_table_gives_digests_and_size_and_says_that_they_are_benign() -> None:
    assert _read(builders.nsrl([nsrl_row(1)])) == [
        ListRow(
            at="METADATA row 0",
            identifiers=builders.identifiers(1, "sha256", "sha1", "md5"),
            size_bytes=100,
            scheme="benign",
            label="benign",
        )
    ]
    assert nsrl.BENIGN


def test_a_database_on_disk_is_read_where_it_is_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "RDS ä#?.db"
    data = builders.nsrl([nsrl_row(1), nsrl_row(2)])
    path.write_bytes(data)
    with path.open("rb") as stream:
        assert len(accepted(list(nsrl.read(stream)))) == 2
    assert path.read_bytes() == data
    assert list(tmp_path.iterdir()) == [path]


def test_a_view_as_it_is_published_is_read_where_there_is_no_base_table() -> None:
    view = "SELECT upper(b.md5) AS md5, replace(b.file_name, 'x', '') AS file_name FROM BASE AS b"
    rows = accepted(_read(builders.nsrl([nsrl_row(1)], view=view)))
    assert [(row.at, row.identifiers) for row in rows] == [
        ("FILE row 0", builders.identifiers(1, "md5"))
    ]


def test_a_bad_row_is_rejected_alone() -> None:
    bad = ("zz", *nsrl_row(2)[1:])
    rows = _read(builders.nsrl([nsrl_row(1), bad, nsrl_row(3)]))
    assert rejections(rows) == ["sha256 is 'zz', not hexadecimal"]
    assert len(rows) == 3


@pytest.mark.parametrize(
    "view",
    [
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT i AS md5 FROM n",
        "SELECT hex(randomblob(500000000)) AS md5 FROM BASE",
        "SELECT group_concat(a.md5) AS md5 FROM BASE a, BASE b, BASE c",
        "SELECT hex(zeroblob(1000000000)) AS md5 FROM BASE",
    ],
)
def test_a_view_that_is_a_program_is_not_run(view: str) -> None:
    data = builders.nsrl([nsrl_row(1)], view=view)
    with pytest.raises(ListError, match="SQLite cannot read it"):
        _read(data)


def test_a_view_that_works_long_without_a_row_is_stopped() -> None:
    joined = ", ".join(f"BASE t{number}" for number in range(8))
    view = f"SELECT t0.md5 FROM {joined} WHERE t0.md5 || t7.md5 = 'x'"
    rows = [nsrl_row(number) for number in range(60)]
    data = builders.nsrl(rows, view=view)
    with pytest.raises(ListError, match="interrupted"):
        _read(data)


def test_another_database_is_refused() -> None:
    with pytest.raises(ListError, match="not an NSRL RDSv3"):
        _read(builders.database("CREATE TABLE other(x)"))
    with pytest.raises(ListError, match="no SQLite database"):
        _read(b"not a database")
