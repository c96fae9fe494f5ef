"""A package for named recipients only (age, C2SP age), through pyrage."""

from collections.abc import Sequence

import pyrage
from pyrage import ssh, x25519


class AgeError(Exception):
    """Not a recipient, not an identity, or not for this identity."""


def encrypt_for(package: bytes, recipients: Sequence[str]) -> bytes:
    """Encrypt for recipients: age public keys (age1…) or SSH public keys.

    Raises:
        AgeError: one of them is no such key.
    """
    return bytes(pyrage.encrypt(package, [_recipient(one) for one in recipients]))


def decrypt_with(encrypted: bytes, identities: Sequence[str]) -> bytes:
    """Decrypt with age secret keys (AGE-SECRET-KEY-1…), lines that begin with # left out.

    Raises:
        AgeError: no identity fits.
    """
    try:
        keys = [x25519.Identity.from_str(one.strip()) for one in identities if _is_identity(one)]
        return bytes(pyrage.decrypt(encrypted, keys))
    except (pyrage.DecryptError, pyrage.IdentityError, ValueError) as error:
        raise AgeError(f"it cannot be decrypted with this identity: {error}") from error


def is_encrypted(content: bytes) -> bool:
    return content.startswith(b"age-encryption.org/v1\n")


def _is_identity(line: str) -> bool:
    return bool(line.strip()) and not line.startswith("#")


def _recipient(text: str) -> "x25519.Recipient | ssh.Recipient":
    kind = ssh.Recipient if text.startswith("ssh-") else x25519.Recipient
    try:
        return kind.from_str(text)
    except (pyrage.RecipientError, ValueError) as error:
        raise AgeError(f"{text[:60]!r} is no recipient: an age or SSH public key") from error
