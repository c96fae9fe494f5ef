"""Lists of networks that an agency supplies: one a line, `#` begins a comment."""

from ipaddress import IPv4Network, ip_network

from luzeiro.places.errors import BrokenDataError
from luzeiro.places.networks import V4, V6, Network


def read_networks(text: str) -> list[Network]:
    """Read a list of addresses and networks; all values are 0.

    Raises:
        BrokenDataError: a line that is neither, or no line at all.
    """
    networks = []
    for number, line in enumerate(text.splitlines(), start=1):
        told = line.partition("#")[0].strip()
        if told:
            networks.append(_network(number, told))
    if not networks:
        raise BrokenDataError("it names no network")
    return networks


def _network(number: int, told: str) -> Network:
    try:
        network = ip_network(told)
    except ValueError as error:
        raise BrokenDataError(f"line {number}: {told[:60]!r} is no network ({error})") from None
    bits = V4 if isinstance(network, IPv4Network) else V6
    return bits, int(network.network_address), int(network.broadcast_address), 0
