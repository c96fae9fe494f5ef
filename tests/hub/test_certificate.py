import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from luzeiro.hub.certificate import make_certificate, pin_of, pin_of_der

NOW = datetime(2026, 3, 4, tzinfo=UTC)


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "hub.example"])
def test_a_certificate_is_made_once_and_its_key_is_private(tmp_path: Path, host: str) -> None:
    certificate, key = make_certificate(tmp_path, host, NOW)
    made = x509.load_pem_x509_certificate(certificate.read_bytes())
    assert make_certificate(tmp_path, "other.example", NOW) == (certificate, key)
    assert x509.load_pem_x509_certificate(certificate.read_bytes()) == made
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert made.not_valid_before_utc < NOW < made.not_valid_after_utc - timedelta(days=3000)


def test_the_pin_is_of_the_public_key(tmp_path: Path) -> None:
    certificate, _ = make_certificate(tmp_path, "hub.example", NOW)
    made = x509.load_pem_x509_certificate(certificate.read_bytes())
    assert pin_of_der(made.public_bytes(serialization.Encoding.DER)) == pin_of(made)
    other, _ = make_certificate(tmp_path / "..", "hub.example", NOW)
    assert pin_of(x509.load_pem_x509_certificate(other.read_bytes())) != pin_of(made)
