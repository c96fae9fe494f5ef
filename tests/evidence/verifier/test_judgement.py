from luzeiro.evidence.verifier.judgement import joined


def test_an_address_and_a_port_are_written_as_in_a_transcript() -> None:
    assert joined("192.0.2.1", 80) == "192.0.2.1:80"
    assert joined("2001:db8::1", 80) == "[2001:db8::1]:80"
