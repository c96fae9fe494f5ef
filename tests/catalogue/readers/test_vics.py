"""Project VIC media lists and cases."""

from datetime import date
from io import BytesIO

import pytest

from luzeiro.catalogue.readers import vics
from luzeiro.catalogue.readers.errors import ListError
from luzeiro.catalogue.rows import ListRow
from tests.catalogue.readers import builders
from tests.catalogue.readers.builders import accepted, media, read_vics, rejections


def test_a_media_of_version_2_gives_its_digests_size_category_and_day() -> None:
    assert read_vics(builders.vics_media([media(7, Category=2)])) == [
        ListRow(
            at="value[0]",
            identifiers=builders.identifiers(7, "md5", "sha1"),
            size_bytes=1007,
            scheme="vics-us",
            label="2",
            voted_on=date(2023, 6, 7),
        )
    ]


def test_a_list_of_version_1_names_no_region_and_so_no_scheme() -> None:
    rows = accepted(read_vics(builders.vics_1_3([media()])))
    assert [row.scheme for row in rows] == [None]


@pytest.mark.parametrize(
    ("region", "scheme"), [("US", "vics-us"), ("Canada", "vics-ca"), ("UK", "caid-uk")]
)
def test_the_region_names_the_scheme(region: str, scheme: str) -> None:
    rows = accepted(read_vics(builders.vics_media([media()], region=region)))
    assert [row.scheme for row in rows] == [scheme]


def test_the_region_default_leaves_the_scheme_to_the_import() -> None:
    rows = accepted(read_vics(builders.vics_media([media()], region="Default")))
    assert [row.scheme for row in rows] == [None]


def test_an_unknown_region_is_refused_unless_the_scheme_is_said() -> None:
    data = builders.vics_media([media()], region="Atlantis")
    with pytest.raises(ListError, match=r"'atlantis', whose categories.*--scheme"):
        read_vics(data)
    rows = accepted(list(vics.read(BytesIO(data), scheme="vics-us")))
    assert [row.scheme for row in rows] == ["vics-us"]


def test_every_media_of_every_case_is_read_and_the_stated_total_is_not_trusted() -> None:
    rows = accepted(read_vics(builders.vics_cases([[media(1), media(2)], [], [media(3)]])))
    assert [row.at for row in rows] == [
        "value[0].Media[0]",
        "value[0].Media[1]",
        "value[2].Media[0]",
    ]


def test_a_media_that_nobody_has_judged_is_rejected_though_it_says_precategorized() -> None:
    rows = read_vics(builders.vics_media([media(1, Category=None), media(2, Category=...)]))
    assert len(rejections(rows)) == 2
    assert all("nobody has judged it" in why for why in rejections(rows))


def test_a_byte_order_mark_and_utf_16_are_read() -> None:
    data = builders.vics_media([media(1), media(2)], ensure_ascii=False)
    expected = read_vics(data)
    assert read_vics(b"\xef\xbb\xbf" + data) == expected
    assert read_vics(data.decode().encode("utf-16")) == expected


@pytest.mark.parametrize("indent", [None, 0, 3])
@pytest.mark.parametrize("step", [1, 7, 1000])
def test_layout_and_the_pieces_a_stream_comes_in_change_nothing(
    indent: int | None, step: int
) -> None:
    medias = [media(number, Comments="x" * number) for number in range(40)]
    expected = read_vics(builders.vics_media(medias))
    data = builders.vics_media(medias, indent=indent)
    assert list(vics.read(builders.Trickle(data, step))) == expected
    assert len(accepted(expected)) == 40


def test_every_row_of_a_long_list_is_given_once_and_in_order() -> None:
    medias = [media(number) for number in range(3000)]
    rows = accepted(read_vics(builders.vics_media(medias)))
    assert [row.identifiers for row in rows] == [
        builders.identifiers(number, "md5", "sha1") for number in range(3000)
    ]
    assert [row.at for row in rows] == [f"value[{number}]" for number in range(3000)]


def test_one_bad_media_among_thousands_is_rejected_alone() -> None:
    medias: list[object] = [media(number) for number in range(2000)]
    medias[1234] = media(1234, MD5="not a digest")
    rows = read_vics(builders.vics_media(medias))
    assert rejections(rows) == ["'MD5' is 'not a digest', not hexadecimal"]
    assert len(rows) == 2000


def test_an_element_that_is_not_json_is_rejected_alone() -> None:
    data = builders.vics_media([media(number) for number in range(900)])
    broken = data.replace(b'"MediaSize": 1500', b'"MediaSize": ,,,')
    rows = read_vics(broken)
    assert rejections(rows) == ["it is not valid JSON"]
    assert len(rows) == 900


def test_an_embedded_picture_is_passed_over_and_its_media_is_read() -> None:
    medias = [media(1), media(2, Miniature="A" * 5_000_000), media(3)]
    rows = accepted(read_vics(builders.vics_media(medias)))
    assert [row.identifiers for row in rows] == [
        builders.identifiers(number, "md5", "sha1") for number in (1, 2, 3)
    ]


def test_a_sha_256_and_alternative_hashes_that_name_files_are_taken() -> None:
    extra = [
        {"HashName": "SHA-256", "HashValue": builders.invented("sha256", 4)},
        {"HashName": "PhotoDNA", "HashValue": "AAAA"},
    ]
    rows = accepted(read_vics(builders.vics_media([media(4, AlternativeHashes=extra)])))
    assert rows[0].identifiers == builders.identifiers(4, "md5", "sha1", "sha256")


def test_two_different_digests_of_one_kind_are_not_one_file() -> None:
    extra = [{"HashName": "MD5", "HashValue": builders.invented("md5", 5)}]
    rows = read_vics(builders.vics_media([media(4, AlternativeHashes=extra)]))
    assert rejections(rows) == ["it gives two different digests of kind md5"]


def test_the_digest_of_an_empty_file_names_no_content() -> None:
    rows = read_vics(builders.vics_media([media(MD5="D41D8CD98F00B204E9800998ECF8427E")]))
    assert rejections(rows) == ["'MD5' is the digest of an empty file, which names no content"]


def test_dates_of_net_are_read() -> None:
    rows = accepted(
        read_vics(builders.vics_media([media(DateUpdated="/Date(1404043200000+0200)/")]))
    )
    assert rows[0].voted_on == date(2014, 6, 29)


def test_something_after_the_document_refuses_it() -> None:
    with pytest.raises(ListError, match="something follows the end"):
        read_vics(builders.vics_media([media()]) + b"{}")


def test_a_document_whose_context_comes_after_its_media_is_refused() -> None:
    data = b'{"value": [], "@odata.context": "x"}'
    with pytest.raises(ListError, match="must come first"):
        read_vics(data)


def test_the_error_of_a_cut_file_says_where_and_what_to_do() -> None:
    data = builders.vics_media([media(number) for number in range(3)])
    with pytest.raises(ListError, match=r"ends in the middle.*at byte \d+ or so.*get it again"):
        read_vics(data[:-40])
