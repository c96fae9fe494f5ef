"""What the context of a document says."""

import pytest

from luzeiro.catalogue.readers.odata_media import Context, read_context
from tests.catalogue.readers.builders import VICS_1_3, VICS_2_0


def test_the_contexts_of_both_versions_are_read() -> None:
    assert read_context(VICS_1_3) == Context(1, 3, None, cases=False)
    assert read_context(VICS_2_0.format("UK", "Cases")) == Context(2, 0, "uk", cases=True)
    assert read_context(VICS_2_0.format("Default", "Media")) == Context(2, 0, None, cases=False)


@pytest.mark.parametrize(
    "value",
    [None, 1, "", "x" * 600, "http://example.org/other#Media", VICS_2_0.format("US", "People")],
)
def test_another_context_is_none_of_ours(value: object) -> None:
    assert read_context(value) is None
