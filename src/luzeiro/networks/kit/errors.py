"""What a remote party did wrong."""


class WireError(Exception):
    """A remote party broke its protocol: the driver counts it, keeps the bytes, goes on."""

    def __init__(self, what: str, *, at: int, spec: str) -> None:
        super().__init__(f"{what}, at byte {at} ({spec})")
        self.what = what
        self.at = at  # reads: "'id' has 19 bytes, expected 20, at byte 3 (BEP 5)"
        self.spec = spec


class ContentSent(WireError):  # noqa: N818 - what happened, not what went wrong with us
    """A remote party sent file content unasked: close the link, drop the bytes unread."""
