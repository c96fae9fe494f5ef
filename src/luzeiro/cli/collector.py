"""A home's collector: its id, its key, and a spool that seals in its name."""

from luzeiro.cli.home import Home
from luzeiro.collector.chain import Chain
from luzeiro.collector.spool import Spool
from luzeiro.collector.state import collector_id
from luzeiro.evidence.signer import Signer, load_or_make


def key_name(collector: str) -> str:
    """The name under which a collector signs (C2SP signed-note)."""
    return f"luzeiro/collector/{collector}"


def collector_signer(home: Home) -> Signer:
    """The collector's key, made on first use.

    Raises:
        KeyFileError: its file does not hold a key.
        StateError: its id cannot be read.
    """
    collector = str(collector_id(home.collector))
    return load_or_make(home.collector / "key", key_name(collector))


def has_collector(home: Home) -> bool:
    """Whether a collector ever sealed here."""
    return (home.collector / "key").exists()


def sealing_spool(home: Home, *, limit_bytes: int | None = None) -> Spool:
    """The spool, sealing in this collector's name."""
    collector = str(collector_id(home.collector))
    chain = Chain(home.spool, collector_signer(home), collector)
    return Spool(home.spool, chain=chain, limit_bytes=limit_bytes)
