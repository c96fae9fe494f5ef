"""NCMEC's answers."""

from datetime import date
from io import BytesIO

import pytest

from luzeiro.catalogue.readers import ncmec
from luzeiro.catalogue.readers.errors import ListError
from luzeiro.catalogue.rows import ListRow
from tests.catalogue.readers import builders
from tests.catalogue.readers.builders import Rows, accepted, ncmec_deleted, ncmec_entry, rejections


def _read(data: bytes) -> Rows:
    return list(ncmec.read(BytesIO(data)))


def test_an_entry_gives_its_digests_classification_and_day() -> None:
    assert _read(builders.ncmec(ncmec_entry(3))) == [
        ListRow(
            at="member 42, image image3",
            identifiers=builders.identifiers(3, "md5", "sha1"),
            scheme="ncmec",
            label="A1",
            voted_on=date(2017, 10, 24),
            key="member 42, image image3",
        )
    ]


def test_a_deletion_withdraws_the_entry_of_the_same_name() -> None:
    entry, deletion = accepted(_read(builders.ncmec(ncmec_entry(1), ncmec_deleted(1))))
    assert deletion.withdrawn
    assert deletion.identifiers == ()
    assert deletion.key == entry.key == entry.at


def test_videos_are_read_like_images() -> None:
    data = builders.ncmec(
        ncmec_entry(1, tag="video"), ncmec_deleted(2, tag="video"), group="videos"
    )
    assert [row.at for row in accepted(_read(data))] == [
        "member 42, video video1",
        "member 42, video video2",
    ]


@pytest.mark.parametrize(("kind", "withdrawn"), [("MD5", True), ("SHA1", True), ("PDNA", False)])
def test_a_down_vote_counts_where_it_is_about_the_file_itself(kind: str, withdrawn: bool) -> None:
    vote = (
        f'<feedback><negativeFeedback type="{kind}" lastUpdateTimestamp="2018-01-01T00:00:00Z">'
        '<members><member id="7">Another</member></members></negativeFeedback></feedback>'
    )
    row = accepted(_read(builders.ncmec(ncmec_entry(1, extra=vote))))[0]
    assert row.withdrawn is withdrawn
    assert row.at == "member 42, image image1"  # the voter is not the member


def test_an_entry_with_nothing_but_a_perceptual_fingerprint_names_no_file() -> None:
    rows = _read(builders.ncmec(ncmec_entry(1, prints="<pdna>AAAA</pdna>")))
    assert rejections(rows) == ["it has no digest that names a file (MD5, SHA-1, SHA-256...)"]


def test_an_entry_without_classification_leaves_the_label_to_the_import() -> None:
    entry = ncmec_entry(1).replace("<classification>A1</classification>", "")
    assert accepted(_read(builders.ncmec(entry)))[0].label is None


@pytest.mark.parametrize(
    "before",
    [
        '<!DOCTYPE q [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE q SYSTEM "file:///etc/hostname">',
        '<!DOCTYPE q [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
    ],
)
def test_document_types_and_entities_are_refused(before: str) -> None:
    with pytest.raises(ListError, match="a document type or an entity"):
        _read(builders.ncmec(ncmec_entry(1), before=before))


def test_rows_come_before_the_end_of_the_document_does() -> None:
    start, end = builders.ncmec("@").split(b"@")
    piece = ncmec_entry(1).encode()
    rows = ncmec.read(builders.repeated(start, piece, 100_000, end))
    assert isinstance(next(rows), ListRow)


def test_a_tag_that_never_ends_is_refused() -> None:
    stream = builders.repeated(b'<queryResult a="', b"x" * 1000, 20_000)
    with pytest.raises(ListError, match="a tag longer than"):
        list(ncmec.read(stream))
