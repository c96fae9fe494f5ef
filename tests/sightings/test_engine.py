import inspect

import pytest

from luzeiro.sightings.cluster import ClusterEngine
from luzeiro.sightings.driver.owned import OwnedEngine
from luzeiro.sightings.embedded import EmbeddedEngine
from luzeiro.sightings.engine import Engine


@pytest.mark.parametrize("engine", [ClusterEngine, EmbeddedEngine, OwnedEngine])
def test_each_engine_does_all_that_the_store_asks_of_one(engine: type) -> None:
    wanted = [name for name in vars(Engine) if not name.startswith("_")]
    for name in wanted:
        assert hasattr(engine, name), name
        if inspect.isfunction(vars(Engine)[name]):
            promised = list(inspect.signature(vars(Engine)[name]).parameters)
            assert list(inspect.signature(getattr(engine, name)).parameters) == promised, name
