"""The tests mirror the source file for file."""

from pathlib import Path

import pytest

from tests.architecture.rooms import SOURCE

TESTS = Path(__file__).parents[1]
# Nothing to test by itself: settings, and what Django generates.
EXEMPT = {"catalogue/settings.py", "catalogue/setup.py", "casework/leads/material.py"}
# Django's wiring, and sentences: what they are used for is what is tested.
WIRING = {"apps.py", "requests.py", "urls.py", "wsgi.py", "__main__.py"}
SENTENCES = "/refusals.py"
# What is tested here is no single module of the package.
BESIDE = ("architecture", "browser", "simulation", "lab", "fuzz", "bench", "vectors")


def modules() -> list[str]:
    found = (path.relative_to(SOURCE) for path in SOURCE.rglob("*.py"))
    return sorted(
        path.as_posix()
        for path in found
        if path.name != "__init__.py" and "migrations" not in path.parts
    )


def declares_only(module: str) -> bool:
    wiring = Path(module).name in WIRING and module.startswith(("casework/", "portal/"))
    return module in EXEMPT or wiring or (module.count("/") > 1 and module.endswith(SENTENCES))


@pytest.mark.parametrize("module", [name for name in modules() if not declares_only(name)])
def test_each_module_has_its_test_file(module: str) -> None:
    path = Path(module)
    assert (TESTS / path.parent / f"test_{path.name}").is_file()


def test_each_test_file_has_its_module() -> None:
    known = set(modules())
    found = [path.relative_to(TESTS) for path in TESTS.rglob("test_*.py")]
    mirrored = [path for path in found if path.parts[0] not in BESIDE]
    of_nothing = [
        path.as_posix()
        for path in mirrored
        if (path.parent / path.name.removeprefix("test_")).as_posix() not in known
        # ... or of cases that a folder's modules share, which stand beside it.
        and not (TESTS / path.parent / path.name.removeprefix("test_")).is_file()
    ]
    assert of_nothing == []


def test_each_test_folder_is_a_package() -> None:
    folders = {path.parent for path in TESTS.rglob("test_*.py")}
    assert not [folder for folder in folders if not (folder / "__init__.py").is_file()]
