"""Real bytes that say where they come from.

A vector is a file <network>/<protocol>/<name>.vec: header lines `key: value`, an empty line, the
body. The body is the bytes themselves, or hexadecimal where the header says `form: hex` (white
space is ignored). One newline at the end of the file is not part of the body.
"""

from pathlib import Path

FOLDER = Path(__file__).parent


def vector(name: str) -> bytes:
    """Give the bytes of one vector, named as "bittorrent/krpc/bep5-get-peers-values"."""
    head, body = _read(name)
    return bytes.fromhex(body.decode("ascii")) if head.get("form") == "hex" else body


def headers(name: str) -> dict[str, str]:
    """Give where a vector comes from and what is expected of it: `source`, `expect`."""
    return _read(name)[0]


def names(folder: str) -> list[str]:
    """Give the names of all vectors in a folder such as "bittorrent/krpc", sorted."""
    return sorted(f"{folder}/{path.stem}" for path in (FOLDER / folder).glob("*.vec"))


def _read(name: str) -> tuple[dict[str, str], bytes]:
    head, _, body = (FOLDER / f"{name}.vec").read_bytes().partition(b"\n\n")
    fields = [line.partition(": ") for line in head.decode().splitlines()]
    return {key: value for key, _, value in fields}, body.removesuffix(b"\n")
