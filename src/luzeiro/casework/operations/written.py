"""Figures as JSON, each with its as-of time and its scope; and back."""

import json
from collections.abc import Sequence
from typing import Any

from luzeiro.casework.operations.editions import Edition
from luzeiro.casework.operations.outcomes import Figures, Rate, What
from luzeiro.casework.paper.instants import parse_utc, utc_text
from luzeiro.casework.paper.rows import Misread

REPORT, EDITIONS = "luzeiro operation report 1", "luzeiro editions 1"


def figures_told(found: Figures, *, sample: bool) -> dict[str, object]:
    """An operation's figures as JSON can say them. No figure stands without when and of what."""
    of_when = {"as_of": utc_text(found.as_of), "scope": found.scope}
    return {
        "format": REPORT,
        "filters": {
            "operation": found.scope, "country": found.country or None, "as_of": of_when["as_of"],
        },
        "time_zone": "UTC",
        "figures": [{"what": what.value, "count": found.of(what), **of_when} for what in What],
        "by_country": [
            {"country": country, "what": what.value, "count": count, **of_when}
            for country, counts in sorted(found.counts.items())
            for what, count in sorted(counts.items())
        ],
        "devices": [
            {"type": kind, "count": count, **of_when}
            for kind, count in sorted(found.devices.items())
        ],
        "measured_errors": {
            "wrong_address": {**_rate(found.wrong_addresses), **of_when},
            "no_watched_file_on_the_devices": {**_rate(found.not_confirmed), **of_when},
        },
        "sample": sample,
    }  # fmt: skip


def write_figures(found: Figures, *, sample: bool) -> bytes:
    """The operation report for machines: UTF-8, keys sorted."""
    return _written(figures_told(found, sample=sample))


def read_figures(written: bytes) -> Figures:
    """Read what `write_figures` wrote; its sums and rates must be those of its parts.

    Raises:
        Misread: not such a text, or one that contradicts itself.
    """
    try:
        told = json.loads(written)
        filters = told["filters"]
        counts: dict[str, dict[What, int]] = {}
        for one in told["by_country"]:
            counts.setdefault(one["country"], {})[What(one["what"])] = one["count"]
        found = Figures(
            as_of=parse_utc(filters["as_of"]),
            scope=filters["operation"],
            counts=counts,
            devices={one["type"]: one["count"] for one in told["devices"]},
            country=filters["country"] or "",
        )
        again = write_figures(found, sample=told["sample"])
    except (KeyError, TypeError, ValueError) as error:
        raise Misread(f"not an operation report: {error}") from error
    if again != written:
        raise Misread("its sums are not those of its parts")
    return found


def editions_told(editions: Sequence[Edition], *, name: str, unit: str) -> dict[str, object]:
    """Statistics by edition as JSON can say them: what a page's chart is drawn from."""
    return {
        "format": EDITIONS,
        "filters": {"operation": name, "taken_part_in_by": unit},
        "time_zone": "UTC",
        "editions": [_edition(one) for one in editions],
    }


def _edition(one: Edition) -> dict[str, object]:
    found = one.figures
    return {
        "edition": one.label,
        "on": one.on.isoformat(),
        "as_of": utc_text(found.as_of),
        "scope": found.scope,
        "countries": len(found.by_country(What.SEARCH)),
        "counts": {what.value: found.of(what) for what in What},
        "wrong_address": _rate(found.wrong_addresses),
    }


def _rate(rate: Rate) -> dict[str, Any]:
    low, high = rate.interval
    return {"cases": rate.cases, "of": rate.of, "low": round(low, 6), "high": round(high, 6)}


def _written(told: dict[str, object]) -> bytes:
    return (json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
