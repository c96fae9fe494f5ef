"""Fixtures that casework's and the portal's tests share."""

import pytest

from luzeiro.casework.officers.models import Officer, Role, Unit
from tests.casework import world


@pytest.fixture
def buenos_aires(db: None) -> Unit:  # noqa: ARG001
    return world.unit("Buenos Aires", "AR")


@pytest.fixture
def sao_paulo(db: None) -> Unit:  # noqa: ARG001
    return world.unit("São Paulo", "BR")


@pytest.fixture
def ana(buenos_aires: Unit) -> Officer:
    return world.officer("ana", Role.INVESTIGATOR, of=buenos_aires)


@pytest.fixture
def carla(buenos_aires: Unit) -> Officer:
    return world.officer("carla", Role.SUPERVISOR, Role.INVESTIGATOR, of=buenos_aires)


@pytest.fixture
def elisa(sao_paulo: Unit) -> Officer:
    return world.officer("elisa", Role.INVESTIGATOR, of=sao_paulo)
