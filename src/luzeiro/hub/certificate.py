"""The hub's own certificate, where no public authority gave it one, and what collectors pin of
it.
"""

import hashlib
import os
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from luzeiro.evidence import durable

_YEARS = 10


def make_certificate(folder: Path, host: str, now: datetime) -> tuple[Path, Path]:
    """Make a self-signed certificate for a host name or address, where there is none yet.

    Returns:
        The paths of the certificate and of its key (readable by this account alone).
    """
    certificate, key_path = folder / "tls.crt", folder / "tls.key"
    if certificate.exists() and key_path.exists():
        return certificate, key_path
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now.astimezone(UTC) - timedelta(days=1))
        .not_valid_after(now.astimezone(UTC) + timedelta(days=365 * _YEARS))
        .add_extension(x509.SubjectAlternativeName([_general_name(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    opened = os.open(key_path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(opened, "wb") as file:
        file.write(private)
    durable.put(certificate, made.public_bytes(serialization.Encoding.PEM))
    return certificate, key_path


def pin_of(certificate: x509.Certificate) -> str:
    """SHA-256 of a certificate's public key (SubjectPublicKeyInfo), in hexadecimal.

    It stays the same when the certificate is renewed for the same key.
    """
    info = certificate.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return hashlib.sha256(info).hexdigest()


def pin_of_der(der: bytes) -> str:
    """The same for a certificate in DER, as TLS brings it."""
    return pin_of(x509.load_der_x509_certificate(der))


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
