import pytest

from luzeiro.catalogue.known import Known
from luzeiro.catalogue.models import Source
from luzeiro.observations.identifiers import IdentifierKind
from tests.catalogue.imports import name, row, take

pytestmark = pytest.mark.usefixtures("catalogue")


def test_a_batch_learns_what_is_known_of_the_files_that_it_names_and_of_no_others() -> None:
    take(row(name("md5", 1), name("sha1", 2), size_bytes=5), row(name("md5", 7)))
    take(row(name("sha1", 2), scheme="vics-us", label="1"), source="B")
    known = Known(Source.objects.get(name="B").pk, [row(name("md5", 1), name("sha256", 9))])
    file = known.file_of(name("md5", 1))
    assert file is not None
    assert (file.entry, file.size_bytes) == (1, 5)
    assert file.digests[IdentifierKind.SHA1] == name("sha1", 2).digest
    assert [vote.label for vote in file.own_votes] == ["1"]
    assert file.others == {("interpol-baseline", "baseline")}
    assert known.file_of(name("sha256", 9)) is None
    assert list(known.files) == [1]


def test_a_row_is_new_only_if_neither_the_catalogue_nor_the_batch_knows_its_names() -> None:
    take(row(name("md5", 1)))
    new, known_one, twice = row(name("md5", 2)), row(name("md5", 1)), row(name("md5", 3))
    known = Known(1, [new, known_one, twice, twice])
    assert [known.is_new(one) for one in (new, known_one, twice)] == [True, False, False]
