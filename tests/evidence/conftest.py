from pathlib import Path

import pytest

from tests.evidence.hubs import package_of_everything


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A package of one sighting of each scene."""
    folder: Path = tmp_path_factory.mktemp("package")
    return package_of_everything(folder)
