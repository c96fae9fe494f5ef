"""One room per network: bytes on the wire become observations. See CONTRIBUTING.md."""

ROOMS = ("bittorrent", "edonkey")
