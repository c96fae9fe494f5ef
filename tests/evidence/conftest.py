from pathlib import Path

import pytest

from tests.evidence import ed2k_scenes
from tests.evidence.hubs import package_of, package_of_everything


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A package of one sighting of each scene."""
    folder: Path = tmp_path_factory.mktemp("package")
    return package_of_everything(folder)


@pytest.fixture(scope="session")
def edonkey_package(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A package of one sighting of each scene of eD2k's."""
    every = [make() for make in ed2k_scenes.ALL.values()]
    return package_of(every, tmp_path_factory.mktemp("edonkey"))
