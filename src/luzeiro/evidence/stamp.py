"""Time stamps of an authority over the log's head (RFC 3161), through rfc3161-client."""

import urllib.error
import urllib.request
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

import rfc3161_client
from cryptography import x509

_TIMEOUT_S = 30
_ANSWER_LIMIT = 2**20


class StampError(Exception):
    """No stamp, or one that does not stand: why."""


def stamp_request(checkpoint: bytes) -> bytes:
    """What to send to an authority: the checkpoint's SHA-256, a nonce, a wish for certificates."""
    request = (
        rfc3161_client.TimestampRequestBuilder()
        .data(checkpoint)
        .hash_algorithm(rfc3161_client.HashAlgorithm.SHA256)
        .nonce(nonce=True)
        .cert_request(cert_request=True)
        .build()
    )
    return bytes(request.as_bytes())


def ask_authority(url: str, request: bytes) -> bytes:
    """Send a request to an authority over HTTP (RFC 3161 section 3.4).

    Raises:
        StampError: it cannot be reached, or gives no stamp.
    """
    headers = {"Content-Type": "application/timestamp-query"}
    if not url.startswith(("https://", "http://")):
        raise StampError(f"{url!r} is not the address of an authority over HTTP")
    try:
        wanted = urllib.request.Request(url, request, headers)
        with urllib.request.urlopen(wanted, timeout=_TIMEOUT_S) as answer:
            response: bytes = answer.read(_ANSWER_LIMIT)
    except (urllib.error.URLError, OSError) as error:
        raise StampError(f"the authority at {url} cannot be reached: {error}") from error
    return response


def check_stamp(response: bytes, checkpoint: bytes, roots: Sequence[x509.Certificate]) -> datetime:
    """Check that an authority under one of these roots stamped the checkpoint; give the instant.

    Raises:
        StampError: it did not.
    """
    try:
        decoded = rfc3161_client.decode_timestamp_response(response)
        builder = rfc3161_client.VerifierBuilder()
        for root in roots:
            builder = builder.add_root_certificate(root)
        builder.build().verify_message(decoded, checkpoint)
    except (ValueError, rfc3161_client.VerificationError) as error:
        raise StampError(f"the stamp does not stand: {error}") from error
    stamped: datetime = decoded.tst_info.gen_time
    return stamped


def named_in(response: bytes, checkpoint: bytes) -> bool:
    """Whether a response stamps this checkpoint, its authority not asked about.

    Raises:
        StampError: it is no response, or a refusal.
    """
    try:
        decoded = rfc3161_client.decode_timestamp_response(response)
        message: bytes = decoded.tst_info.message_imprint.message
    except ValueError as error:
        raise StampError(f"the authority gave no stamp: {error}") from error
    return message == sha256(checkpoint).digest()
