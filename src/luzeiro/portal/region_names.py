"""Names of regions, from the shapes that the map is drawn of."""

import json
from functools import lru_cache
from pathlib import Path

_SHAPES = Path(__file__).parent / "static" / "shapes" / "regions"


def region_name(code: str) -> str:
    """The name of a region (ISO 3166-2), as Natural Earth has it; empty where it has none."""
    return _names_in(code[:2]).get(code, "") if code[2:3] == "-" else ""


@lru_cache(maxsize=300)  # no more countries than there are
def _names_in(country: str) -> dict[str, str]:
    path = _SHAPES / f"{country}.json"
    if not country.isascii() or not country.isalpha() or not path.is_file():
        return {}
    features = json.loads(path.read_text())["features"]
    return {one["properties"]["name"]: one["properties"]["label"] for one in features}
