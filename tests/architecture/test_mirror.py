from pathlib import Path

import pytest

from tests.architecture.rooms import SOURCE

TESTS = Path(__file__).parents[1]
# Nothing to test by itself: settings, what Django generates, and a one-line start.
EXEMPT = {"catalogue/settings.py", "catalogue/setup.py"}


def modules() -> list[str]:
    found = (path.relative_to(SOURCE) for path in SOURCE.rglob("*.py"))
    return sorted(
        path.as_posix()
        for path in found
        if path.name != "__init__.py" and "migrations" not in path.parts
    )


@pytest.mark.parametrize("module", [name for name in modules() if name not in EXEMPT])
def test_each_module_has_its_test_file(module: str) -> None:
    path = Path(module)
    assert (TESTS / path.parent / f"test_{path.name}").is_file()
