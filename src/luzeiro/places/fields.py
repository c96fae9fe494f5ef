"""Where in a record the country, the region and the rest stand; and what passes for each.

A path is keys and positions joined by dots: "subdivisions.0.iso_code". The first path that leads to
something counts. What is no ISO 3166 code is left out, never guessed.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from luzeiro.places.mmdb_data import Value

RECORD = pa.schema(
    [
        pa.field("country", pa.string()),
        pa.field("region", pa.string()),
        pa.field("city", pa.string()),
        pa.field("radius_km", pa.uint16()),
        pa.field("asn", pa.uint32()),
        pa.field("organisation", pa.string()),
    ]
)
# GeoIP2 and GeoLite2 (also DB-IP), then what flat layouts call it.
USUAL: dict[str, tuple[str, ...]] = {
    "country": ("country.iso_code", "country_code", "country"),
    "region": ("subdivisions.0.iso_code", "region_code", "subdivision_code"),
    "city": ("city.names.en", "city"),
    "radius_km": ("location.accuracy_radius", "accuracy_radius", "radius"),
    "asn": ("autonomous_system_number", "traits.autonomous_system_number", "asn", "as_number"),
    "organisation": (
        "autonomous_system_organization",
        "traits.autonomous_system_organization",
        "as_name",
        "as_organization",
    ),
}
_COUNTRY = re.compile(r"[A-Z]{2}")
_SUBDIVISION = re.compile(r"[A-Z0-9]{1,3}")
_REGION = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
_MOST_TEXT = 200
_MOST_RADIUS, _MOST_ASN = 2**16 - 1, 2**32 - 1


@dataclass(frozen=True, slots=True)
class FieldPaths:
    """The paths to try for each column of `RECORD`."""

    paths: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: dict(USUAL))

    @classmethod
    def of(cls, own: Mapping[str, str]) -> "FieldPaths":
        """The usual ones, with one's own path for some columns.

        Raises:
            ValueError: no such column.
        """
        if unknown := set(own) - set(USUAL):
            raise ValueError(f"{min(unknown)!r} is none of {', '.join(USUAL)}")
        return cls({**USUAL, **{name: (path,) for name, path in own.items()}})

    def read(self, record: Value) -> dict[str, object]:
        """A record as a row of `RECORD`."""
        found = {name: _first(record, paths) for name, paths in self.paths.items()}
        country = _country(found["country"])
        return {
            "country": country,
            "region": _region(country, found["region"]),
            "city": _text(found["city"]),
            "radius_km": _radius(found["radius_km"]),
            "asn": _asn(found["asn"]),
            "organisation": _text(found["organisation"]),
        }


def _first(record: Value, paths: Sequence[str]) -> Value | None:
    for path in paths:
        value = _at(record, path)
        if value is not None and value != "":
            return value
    return None


def _at(value: Value | None, path: str) -> Value | None:
    for step in path.split("."):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def _country(value: Value | None) -> str:
    return value if isinstance(value, str) and _COUNTRY.fullmatch(value) else ""


def _region(country: str, value: Value | None) -> str:
    if not isinstance(value, str):
        return ""
    if _REGION.fullmatch(value):
        return value if value.startswith(f"{country}-") else ""
    return f"{country}-{value}" if country and _SUBDIVISION.fullmatch(value) else ""


def _text(value: Value | None) -> str:
    return value[:_MOST_TEXT] if isinstance(value, str) else ""


def _radius(value: Value | None) -> int | None:
    number = _number(value)
    if number is None or not 0 <= number <= _MOST_RADIUS:
        return None
    return math.ceil(number)


def _asn(value: Value | None) -> int:
    if isinstance(value, str):
        value = value.removeprefix("AS")
    number = _number(value)
    return int(number) if number is not None and 0 <= number <= _MOST_ASN else 0


def _number(value: Value | None) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(value)  # type: ignore[arg-type] # lists and maps end below
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None
