"""CAID lists."""

from io import BytesIO

import pytest

from luzeiro.catalogue.readers import caid
from luzeiro.catalogue.readers.errors import ListError
from tests.catalogue.readers import builders
from tests.catalogue.readers.builders import accepted, media, rejections


def test_letters_and_numbers_are_labels_of_the_uk_scheme_as_they_are_spelled() -> None:
    data = builders.vics_media([media(1, Category="A"), media(2, Category=3)], region="UK")
    rows = accepted(list(caid.read(BytesIO(data))))
    assert [(row.scheme, row.label) for row in rows] == [("caid-uk", "A"), ("caid-uk", "3")]


def test_a_size_written_as_text_is_read() -> None:
    data = builders.vics_1_3([media(MediaSize=" 123 ")])
    assert accepted(list(caid.read(BytesIO(data))))[0].size_bytes == 123


def test_benign_files_that_the_nsrl_publishes_in_this_layout_are_never_taken() -> None:
    context = "http://github.com/ICMEC/ProjectVic/DataModels/1.2.xml#Media"
    data = builders.vics_media([media(1, Category=...)], context=context)
    assert len(rejections(list(caid.read(BytesIO(data))))) == 1


def test_a_document_of_another_country_is_refused() -> None:
    with pytest.raises(ListError, match="not the United Kingdom's"):
        list(caid.read(BytesIO(builders.vics_media([media()], region="US"))))
