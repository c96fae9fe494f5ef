"""The place of an address in columns: what each means, and what "unplaced" looks like."""

import numpy as np
import pyarrow as pa

PLACE = pa.schema(
    [
        # Where the table says that the address is used; "" where it does not say.
        pa.field("country", pa.string(), nullable=False),  # ISO 3166-1 alpha-2
        pa.field("region", pa.string(), nullable=False),  # ISO 3166-2: "AR-B"
        pa.field("city", pa.string(), nullable=False),
        pa.field("radius_km", pa.uint16()),  # accuracy, as the table claims; rounded up
        pa.field("asn", pa.uint32(), nullable=False),  # 0: unknown
        pa.field("organisation", pa.string(), nullable=False),
        # The country in which the registries (RIR) say that it is registered.
        pa.field("second_country", pa.string(), nullable=False),
        # flags.py: "hosting", "vpn", "tor", "carrier-grade nat", "country disputed", sorted.
        pa.field("flags", pa.list_(pa.field("item", pa.string(), nullable=False)), nullable=False),
        # Which table said so: its type, when it was built (microseconds, 0 without one), SHA-256.
        pa.field("place_table", pa.string(), nullable=False),
        pa.field("place_built_at", pa.int64(), nullable=False),
        pa.field("place_sha256", pa.binary(32), nullable=False),
        pa.field("asn_table_sha256", pa.binary(32), nullable=False),
    ]
)
_EMPTY: dict[str, object] = {
    **dict.fromkeys(("country", "region", "city", "organisation", "second_country"), ""),
    "radius_km": None,
    "asn": 0,
    "flags": [],
    "place_table": "",
    "place_built_at": 0,
    "place_sha256": bytes(32),
    "asn_table_sha256": bytes(32),
}


def unplaced(count: int) -> pa.Table:
    """`count` rows of `PLACE` that say nothing."""
    one = pa.Table.from_pylist([_EMPTY], schema=PLACE)
    return one.take(pa.array(np.zeros(count, np.int64))).combine_chunks()
