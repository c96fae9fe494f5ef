"""Ed25519 signatures, checked in plain Python (RFC 8032 section 5.1.7). Checks only; never signs.

Strict where the standard leaves a choice: the encoding of the point in the signature is compared
byte for byte (no cofactor), S must be below the group order, the key must be a canonical encoding,
and a key of small order, under which one signature fits many texts, is refused.
"""

import hashlib

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, P - 2, P) % P
_ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)

Point = tuple[int, int, int, int]  # extended coordinates: x = X/Z, y = Y/Z, T = XY/Z
_NEUTRAL: Point = (0, 1, 1, 0)


def ed25519_verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether `signature` (64 bytes) is one of `message` under `public_key` (32 bytes)."""
    if len(public_key) != 32 or len(signature) != 64:
        return False
    key, s = _decode_point(public_key), int.from_bytes(signature[32:], "little")
    if key is None or s >= ORDER or _has_small_order(key):
        return False
    hashed = hashlib.sha512(signature[:32] + public_key + message).digest()
    k = int.from_bytes(hashed, "little") % ORDER
    # R = [S]B - [k]A, both products in one pass.
    found = _two_products(s, _BASE, k, _negative(key))
    return _encode_point(found) == signature[:32]


def _add(p: Point, q: Point) -> Point:
    # RFC 8032 section 5.1.4: complete, so doubling and the neutral element need no case of their
    # own.
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * _D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _negative(p: Point) -> Point:
    return P - p[0], p[1], p[2], P - p[3]


def _two_products(m: int, p: Point, n: int, q: Point) -> Point:
    both, result = _add(p, q), _NEUTRAL
    for bit in range(max(m.bit_length(), n.bit_length()) - 1, -1, -1):
        result = _add(result, result)
        which = (m >> bit & 1) | (n >> bit & 1) << 1
        if which:
            result = _add(result, (p, q, both)[which - 1])
    return result


def _has_small_order(p: Point) -> bool:
    for _ in range(3):
        p = _add(p, p)
    return p[0] % P == 0 and (p[1] - p[2]) % P == 0


def _encode_point(p: Point) -> bytes:
    inverse = pow(p[2], P - 2, P)
    x, y = p[0] * inverse % P, p[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _decode_point(encoded: bytes) -> Point | None:
    number = int.from_bytes(encoded, "little")
    y, odd = number & ((1 << 255) - 1), number >> 255
    if y >= P:
        return None
    x = _recover_x(y, odd)
    return None if x is None else (x, y, 1, x * y % P)


def _recover_x(y: int, odd: int) -> int | None:
    square = (y * y - 1) * pow(_D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * _ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (not x and odd):
        return None
    return P - x if x & 1 != odd else x


_BASE_Y = 4 * pow(5, P - 2, P) % P
_BASE_X = _recover_x(_BASE_Y, 0) or 0
_BASE: Point = (_BASE_X, _BASE_Y, 1, _BASE_X * _BASE_Y % P)
