"""What else is known of an address, as flags."""

from enum import StrEnum


class Flag(StrEnum):
    """Why an address may say little about who used it, or where."""

    CARRIER_GRADE_NAT = "carrier-grade nat"  # many subscribers at once: the port decides
    COUNTRY_DISPUTED = "country disputed"  # the table and the registries differ
    HOSTING = "hosting"
    PLACED_LATER = "placed by a later table"  # none was in force yet when it was seen
    TOR = "tor exit"
    VPN = "vpn"


# What a list can be of.
LISTED = (Flag.HOSTING, Flag.VPN, Flag.TOR, Flag.CARRIER_GRADE_NAT)
SHARED_ADDRESS_SPACE = "100.64.0.0/10"  # RFC 6598: always carrier-grade NAT
