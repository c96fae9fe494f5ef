"""EnCase hash sets."""

from io import BytesIO

import pytest

from luzeiro.catalogue.readers import encase
from luzeiro.catalogue.readers.errors import ListError
from luzeiro.catalogue.rows import ListRow
from tests.catalogue.readers import builders
from tests.catalogue.readers.builders import Rows, accepted, rejections

_DIGESTS = [bytes.fromhex(builders.invented("md5", number)) for number in range(5)]


def _read(data: bytes) -> Rows:
    return list(encase.read(BytesIO(data)))


def test_each_record_is_a_file_of_the_sets_category() -> None:
    rows = _read(builders.encase_set(_DIGESTS, category="Notable"))
    assert rows[1] == ListRow(
        at="record 1", identifiers=builders.identifiers(1, "md5"), label="Notable"
    )
    assert len(rows) == 5


def test_a_set_without_category_leaves_it_to_the_import() -> None:
    assert accepted(_read(builders.encase_set(_DIGESTS, category="")))[0].label is None


@pytest.mark.parametrize("step", [1, 17, 18, 19])
def test_the_pieces_a_stream_comes_in_change_nothing(step: int) -> None:
    data = builders.encase_set(_DIGESTS)
    assert list(encase.read(builders.Trickle(data, step))) == _read(data)


def test_a_record_out_of_step_is_rejected() -> None:
    data = bytearray(builders.encase_set(_DIGESTS))
    data[-1] = 1
    assert rejections(_read(bytes(data))) == ["the digest is not followed by two zero bytes"]


@pytest.mark.parametrize(("count", "what"), [(6, "ends in the middle"), (4, "more bytes follow")])
def test_a_count_that_is_not_kept_refuses_the_set(count: int, what: str) -> None:
    with pytest.raises(ListError, match=what):
        _read(builders.encase_set(_DIGESTS, count=count))


def test_a_set_of_another_version_is_refused() -> None:
    data = bytearray(builders.encase_set(_DIGESTS))
    data[8] = 1
    with pytest.raises(ListError, match="another version of EnCase"):
        _read(bytes(data))
