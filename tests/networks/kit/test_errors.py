from luzeiro.networks.kit.errors import ContentSent, WireError


def test_an_error_reads_as_what_where_and_which_specification() -> None:
    error = WireError("'id' has 19 bytes, expected 20", at=3, spec="BEP 5")
    assert str(error) == "'id' has 19 bytes, expected 20, at byte 3 (BEP 5)"


def test_content_sent_unasked_is_a_broken_protocol_too() -> None:
    assert issubclass(ContentSent, WireError)
