import pytest

from luzeiro.catalogue.statistics import counts
from tests.catalogue.imports import name, row, take

pytestmark = pytest.mark.usefixtures("catalogue")


def test_all_is_counted_once() -> None:
    take(row(name("md5", 1), name("sha1", 1)), row(name("md5", 2)), authority=True)
    take(row(name("md5", 1), name("md5", 1)), row(name("sha1", 1), name("sha1", 1)), source="B")
    take(row(name("md5", 1), name("sha1", 9)), row(name("md5", 5)), source="C")
    take(row(name("md5", 2), name("sha256", 5)), row(name("sha256", 6)), source="C")
    take(row(name("sha256", 6), name("md5", 5)), source="C")  # joins two
    told = {(one.what, one.of): one.count for one in counts()}
    assert told["files", ""] == 3
    assert told["files", "looked for"] == 2
    assert told["identifiers", "md5"] == 3
    assert told["votes", "A, interpol-baseline:baseline"] == 2
    assert told["conflicts waiting", "two-digests"] == 1
    assert told["revisions", "import"] == 5
