import pytest

from luzeiro.catalogue.known import KnownFile
from luzeiro.catalogue.taking import contradiction, fingerprint
from luzeiro.observations.identifiers import IdentifierKind
from tests.catalogue.imports import name, row

MD5 = IdentifierKind.MD5


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        ([KnownFile(1, 5, {MD5: b"\x01" * 16})], None),
        ([KnownFile(1, None, {})], None),
        ([KnownFile(1, 6, {})], "two-sizes"),
        ([KnownFile(1, 5, {MD5: b"\x02" * 16})], "two-digests"),
        ([KnownFile(1, 5, {}), KnownFile(2, 6, {})], "two-sizes"),
        (
            [KnownFile(1, None, {MD5: b"\x01" * 16}), KnownFile(2, 5, {MD5: b"\x02" * 16})],
            "two-digests",
        ),
    ],
)
def test_two_sizes_or_two_digests_of_a_kind_are_no_one_file(
    files: list[KnownFile], kind: str | None
) -> None:
    told = contradiction(row(name("md5", 1), size_bytes=5), files)
    assert (told[0] if told else None) == kind


def test_one_file_may_be_in_several_torrents() -> None:
    file = KnownFile(1, None, {})
    assert contradiction(row(name("btih", 1), name("md5", 1)), [file]) is None


def test_the_same_row_has_the_same_mark_in_whatever_order_it_names_its_file() -> None:
    names = [name("md5", 1), name("sha1", 2)]
    assert fingerprint(names, 5, "s", "l") == fingerprint(names[::-1], 5, "s", "l")
    assert fingerprint(names, 5, "s", "l") != fingerprint(names, 6, "s", "l")
